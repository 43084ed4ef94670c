-- Messages to the school's own people, and what stands beside a case: conversations with the pupil, case files, and what
-- the authority sent.

CREATE SEQUENCE message_ids AS int;

-- Written once; `state`, and how and when it was sent, are said once more.
CREATE TABLE message (
    trust_id   int NOT NULL,
    school_id  int NOT NULL,
    message_id int NOT NULL DEFAULT nextval('message_ids'),
    review_id  int,
    pupil_id   int,
    rule       text,
    kind       text NOT NULL CHECK (kind IN ('list', 'chase', 'digest', 'safeguarding')),
    to_role    text,
    to_class   text,
    subject    text NOT NULL,
    body       text NOT NULL,
    due        date NOT NULL,
    state      text NOT NULL CHECK (state IN ('waiting', 'sent')),
    written_at timestamptz NOT NULL,
    sent_at    timestamptz,
    sent_how   text,
    sent_by    text,
    PRIMARY KEY (trust_id, message_id),
    FOREIGN KEY (trust_id, school_id) REFERENCES school,
    FOREIGN KEY (trust_id, review_id) REFERENCES review,
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupil,
    CHECK (to_role IS NOT NULL OR to_class IS NOT NULL),
    CHECK ((state = 'sent') = (sent_at IS NOT NULL AND sent_how IS NOT NULL AND sent_by IS NOT NULL))
);
CREATE INDEX message_of_school ON message (trust_id, school_id, message_id);

ALTER TABLE message ENABLE ROW LEVEL SECURITY;
ALTER TABLE message FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON message
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(translate(current_setting('app.schools', true), '*', ''), '')::int[]) END);

GRANT USAGE ON SEQUENCE message_ids TO rollcall_app;
GRANT SELECT, INSERT, UPDATE (state, sent_at, sent_how, sent_by) ON message TO rollcall_app;

ALTER TABLE case_record DROP CONSTRAINT case_record_kind_check,
    ADD CONSTRAINT case_record_kind_check CHECK (kind IN ('meeting', 'plan', 'visit', 'monitoring', 'referral',
        'conversation', 'case file', 'received'));
