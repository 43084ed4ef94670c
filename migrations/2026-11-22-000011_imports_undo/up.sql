-- What an import was asked beyond its kind, when it was applied, and taking the whole of it back.

-- `applied_at` is the instant of every fact that the import recorded: within a school no other write has the same.
ALTER TABLE import ADD COLUMN options jsonb NOT NULL DEFAULT '{}';
ALTER TABLE import ADD COLUMN applied_at timestamptz;
GRANT UPDATE (applied_at) ON import TO rollcall_app;

CREATE TABLE import_undo (
    trust_id  int NOT NULL,
    job_id    bigint NOT NULL,
    import_id bigint NOT NULL,
    school_id int,
    result    jsonb,
    PRIMARY KEY (trust_id, job_id),
    FOREIGN KEY (trust_id, job_id) REFERENCES job,
    FOREIGN KEY (trust_id, import_id) REFERENCES import,
    FOREIGN KEY (trust_id, school_id) REFERENCES school
);
CREATE INDEX import_undo_of ON import_undo (trust_id, import_id);

ALTER TABLE import_undo ENABLE ROW LEVEL SECURITY;
ALTER TABLE import_undo FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON import_undo
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(current_setting('app.schools', true), '')::int[]) END);

GRANT SELECT, INSERT ON import_undo TO rollcall_app;
GRANT UPDATE (result) ON import_undo TO rollcall_app;

CREATE INDEX mark_event_by_job ON mark_event (trust_id, job_id) WHERE job_id IS NOT NULL;

-- An enrolment that should not have been is taken back by days without a day in them: the last lies before the first.
ALTER TABLE enrolment_days DROP CONSTRAINT enrolment_days_check;
ALTER TABLE enrolment_days ADD CONSTRAINT enrolment_days_check CHECK (last_day >= first_day - 1);

CREATE OR REPLACE VIEW enrolment_now WITH (security_invoker = true) AS
SELECT * FROM (
    SELECT DISTINCT ON (e.trust_id, e.school_id, e.enrolment_id)
           e.trust_id, e.school_id, e.enrolment_id, e.pupil_id, d.first_day, d.last_day
    FROM enrolment e
    JOIN enrolment_days d USING (trust_id, school_id, enrolment_id)
    ORDER BY e.trust_id, e.school_id, e.enrolment_id, d.recorded_at DESC
) latest
WHERE last_day IS NULL OR last_day >= first_day;
