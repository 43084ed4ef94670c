-- Pupils whose marks were changed by something other than an amendment: what rests on the marks is looked at again. And
-- what a case brings along when its pupil moves inside the trust.

-- `from_day`: reviews from that day on counted something else. `changed_at`: when the change was recorded. `source_job_id`:
-- the import or undo that made it; NULL when a person did. `touched`: what became of what rested on the marks, once
-- somebody has looked.
CREATE TABLE second_look (
    trust_id      int NOT NULL,
    job_id        bigint NOT NULL,
    school_id     int NOT NULL,
    pupil_id      int NOT NULL,
    from_day      date NOT NULL,
    changed_at    timestamptz NOT NULL,
    why           text NOT NULL CHECK (length(why) BETWEEN 1 AND 2000),
    source_job_id bigint,
    touched       jsonb,
    done_at       timestamptz,
    PRIMARY KEY (trust_id, job_id, school_id, pupil_id),
    FOREIGN KEY (trust_id, job_id) REFERENCES job,
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupil,
    FOREIGN KEY (trust_id, school_id) REFERENCES school,
    CHECK ((touched IS NULL) = (done_at IS NULL))
);
CREATE INDEX second_look_by_source ON second_look (trust_id, source_job_id) WHERE source_job_id IS NOT NULL;

ALTER TABLE second_look ENABLE ROW LEVEL SECURITY;
ALTER TABLE second_look FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON second_look
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(current_setting('app.schools', true), '')::int[]) END);

-- Of a row that a case brought along from another school of the trust: the thing there of which this goes on.
ALTER TABLE case_record ADD COLUMN carried_from int;
CREATE INDEX case_record_carried ON case_record (trust_id, carried_from) WHERE carried_from IS NOT NULL;

GRANT SELECT, INSERT ON second_look TO rollcall_app;
GRANT UPDATE (touched, done_at) ON second_look TO rollcall_app;
