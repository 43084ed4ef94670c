CREATE OR REPLACE VIEW enrolment_now WITH (security_invoker = true) AS
SELECT * FROM (
    SELECT DISTINCT ON (e.trust_id, e.school_id, e.enrolment_id)
           e.trust_id, e.school_id, e.enrolment_id, e.pupil_id, d.first_day, d.last_day
    FROM enrolment e
    JOIN enrolment_days d USING (trust_id, school_id, enrolment_id)
    ORDER BY e.trust_id, e.school_id, e.enrolment_id, d.recorded_at DESC
) latest
WHERE last_day IS NULL OR last_day >= first_day;
