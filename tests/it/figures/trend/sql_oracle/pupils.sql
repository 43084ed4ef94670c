-- Turns the parts and standings of enrolments into those of pupils: each pupil once, with all sessions, and of several
-- sessions for one half day only the one of the enrolment that answers on that day.
DROP TABLE IF EXISTS left_out, together, answering;

CREATE TEMP TABLE left_out AS
SELECT * FROM (
    SELECT s.*, row_number() OVER (
        PARTITION BY pupil_id, s.date, session ORDER BY pg_temp.answers(enrolment_id, s.date) DESC) AS place
    FROM school_session s
    JOIN (SELECT enrolment_id, pupil_id, last_day, count(*) OVER (PARTITION BY pupil_id) AS enrolments
          FROM counted WHERE definition = :definition) c USING (enrolment_id, pupil_id)
    WHERE possible AND s.date <= c.last_day AND enrolments > 1
) AS sessions
WHERE place > 1;

INSERT INTO part
SELECT key, b.school_id, phase, l.class_id, year_group, sex, fsm, sen, boarder, 0, 0, -1, -absent::int,
       -unauthorised::int, -late::int, -approved::int, 1
FROM left_out l
JOIN being b USING (enrolment_id)
WHERE l.date BETWEEN b."from" AND b."to";

CREATE TEMP TABLE answering AS
SELECT DISTINCT ON (key, pupil_id) key, pupil_id, enrolment_id
FROM standing
WHERE possible_to_date > 0
ORDER BY key, pupil_id, pg_temp.answers(enrolment_id, status) DESC;

CREATE TEMP TABLE together AS
SELECT key, pupil_id, sum(possible)::bigint AS possible, sum(absent)::bigint AS absent,
       sum(possible_to_date)::bigint AS possible_to_date, sum(absent_to_date)::bigint AS absent_to_date
FROM (
    SELECT key, pupil_id, possible, absent, possible_to_date, absent_to_date FROM standing
    UNION ALL
    SELECT key, l.pupil_id, CASE WHEN inside THEN -1 ELSE 0 END, CASE WHEN inside THEN -absent::int ELSE 0 END,
           -1, -absent::int
    FROM left_out l
    JOIN being b USING (enrolment_id)
    CROSS JOIN LATERAL (SELECT b."from" IS NOT NULL AND l.date BETWEEN b."from" AND b."to" AS inside) w
    WHERE l.date <= b.upto
) AS sessions
GROUP BY key, pupil_id;

DELETE FROM standing
WHERE NOT EXISTS (SELECT FROM answering a WHERE a.key = standing.key AND a.enrolment_id = standing.enrolment_id);
UPDATE standing s
SET possible = t.possible, absent = t.absent, possible_to_date = t.possible_to_date, absent_to_date = t.absent_to_date
FROM together t
WHERE t.key = s.key AND t.pupil_id = s.pupil_id;
