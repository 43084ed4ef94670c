-- The things of a case beside its events: meetings, plans, visits, monitoring periods, referrals, penalty notices.

CREATE SEQUENCE record_ids AS int;
CREATE SEQUENCE notice_ids AS int;

-- Append-only: each row says how a thing stands from `recorded_at` on; the row with the greatest `seq` holds. `says` is
-- its line on the timeline. `case_step` is the step at which the case then stood. `confidential` is for those alone who
-- lead on safeguarding.
CREATE TABLE case_record (
    trust_id     int NOT NULL,
    school_id    int NOT NULL,
    record_id    int NOT NULL DEFAULT nextval('record_ids'),
    seq          int NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('meeting', 'plan', 'visit', 'monitoring', 'referral')),
    pupil_id     int NOT NULL,
    case_id      int,
    case_step    int,
    action_id    int,
    state        text NOT NULL CHECK (length(state) BETWEEN 1 AND 50),
    day          date NOT NULL,
    says         text NOT NULL,
    details      jsonb NOT NULL,
    confidential jsonb,
    recorded_at  timestamptz NOT NULL,
    recorded_by  text NOT NULL,
    role         text NOT NULL,
    PRIMARY KEY (trust_id, record_id, seq),
    FOREIGN KEY (trust_id, school_id) REFERENCES school,
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupil,
    FOREIGN KEY (trust_id, case_id) REFERENCES case_state,
    FOREIGN KEY (trust_id, action_id) REFERENCES action,
    CHECK ((case_id IS NULL) = (case_step IS NULL))
);
CREATE INDEX case_record_by_case ON case_record (trust_id, case_id) WHERE case_id IS NOT NULL;
CREATE INDEX case_record_by_school ON case_record (trust_id, school_id, kind, record_id);
CREATE INDEX case_record_by_pupil ON case_record (trust_id, pupil_id, kind, record_id);

-- Append-only, as above. The limits hold for a parent and a child wherever in the trust the child is taught, so that every
-- school that may see the child sees these; `asking_school` is the one that asks the local authority.
CREATE TABLE penalty_notice (
    trust_id      int NOT NULL,
    notice_id     int NOT NULL DEFAULT nextval('notice_ids'),
    seq           int NOT NULL,
    pupil_id      int NOT NULL,
    parent_id     int NOT NULL,
    case_id       int,
    asking_school int NOT NULL,
    state         text NOT NULL CHECK (state IN ('pending', 'issued', 'waived', 'withdrawn', 'paid')),
    day           date NOT NULL,
    says          text NOT NULL,
    details       jsonb NOT NULL,
    recorded_at   timestamptz NOT NULL,
    recorded_by   text NOT NULL,
    role          text NOT NULL,
    PRIMARY KEY (trust_id, notice_id, seq),
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupil,
    FOREIGN KEY (trust_id, parent_id) REFERENCES parent,
    FOREIGN KEY (trust_id, case_id) REFERENCES case_state,
    FOREIGN KEY (trust_id, asking_school) REFERENCES school
);
CREATE INDEX penalty_notice_by_pupil ON penalty_notice (trust_id, pupil_id);
CREATE INDEX penalty_notice_by_case ON penalty_notice (trust_id, case_id) WHERE case_id IS NOT NULL;
CREATE INDEX penalty_notice_by_school ON penalty_notice (trust_id, asking_school, notice_id);

ALTER TABLE case_record ENABLE ROW LEVEL SECURITY;
ALTER TABLE case_record FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON case_record
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(current_setting('app.schools', true), '')::int[]) END);

ALTER TABLE penalty_notice ENABLE ROW LEVEL SECURITY;
ALTER TABLE penalty_notice FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON penalty_notice
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int);

GRANT USAGE ON SEQUENCE record_ids, notice_ids TO rollcall_app;
GRANT SELECT, INSERT ON case_record, penalty_notice TO rollcall_app;
