-- What a school that a pupil is yet to come to has been told: a draft of its own, which goes live on the first day.
-- Append-only: the latest row holds; once it is `live` the draft has become part of the record.
CREATE TABLE joining_draft (
    trust_id    int NOT NULL,
    school_id   int NOT NULL,
    pupil_id    int NOT NULL,
    draft       jsonb NOT NULL,
    live        boolean NOT NULL,
    recorded_at timestamptz NOT NULL,
    recorded_by text NOT NULL,
    PRIMARY KEY (trust_id, school_id, pupil_id, recorded_at),
    FOREIGN KEY (trust_id, school_id) REFERENCES school,
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupil
);

ALTER TABLE joining_draft ENABLE ROW LEVEL SECURITY;
ALTER TABLE joining_draft FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON joining_draft
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(translate(current_setting('app.schools', true), '*', ''), '')::int[]) END);

GRANT SELECT, INSERT ON joining_draft TO rollcall_app;
