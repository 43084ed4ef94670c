CREATE OR REPLACE VIEW enrolment_now WITH (security_invoker = true) AS
SELECT DISTINCT ON (e.trust_id, e.school_id, e.enrolment_id)
       e.trust_id, e.school_id, e.enrolment_id, e.pupil_id, d.first_day, d.last_day
FROM enrolment e
JOIN enrolment_days d USING (trust_id, school_id, enrolment_id)
ORDER BY e.trust_id, e.school_id, e.enrolment_id, d.recorded_at DESC;
ALTER TABLE enrolment_days DROP CONSTRAINT enrolment_days_check;
ALTER TABLE enrolment_days ADD CONSTRAINT enrolment_days_check CHECK (last_day >= first_day);
DROP INDEX mark_event_by_job;
DROP TABLE import_undo;
REVOKE UPDATE (applied_at) ON import FROM rollcall_app;
ALTER TABLE import DROP COLUMN applied_at;
ALTER TABLE import DROP COLUMN options;
