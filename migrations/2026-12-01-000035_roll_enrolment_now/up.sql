-- The days that hold now are looked up for each enrolment: whoever asks for one pupil's enrolments does not read those of
-- the whole trust, and however many rows the planner expects, it never compares every enrolment with all days.
CREATE OR REPLACE VIEW enrolment_now WITH (security_invoker = true) AS
SELECT e.trust_id, e.school_id, e.enrolment_id, e.pupil_id, d.first_day, d.last_day
FROM enrolment e
CROSS JOIN LATERAL (
    SELECT first_day, last_day FROM enrolment_days
    WHERE trust_id = e.trust_id AND school_id = e.school_id AND enrolment_id = e.enrolment_id
    ORDER BY recorded_at DESC LIMIT 1
) d
WHERE d.last_day IS NULL OR d.last_day >= d.first_day;
