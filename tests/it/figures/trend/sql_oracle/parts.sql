-- The sessions and the enrolments of one definition (:definition) and kind of window (:kind), with
-- everything that they can be grouped by.
DROP TABLE IF EXISTS step, being, part, standing;

-- The windows that have begun somewhere, by key, and what each means in a school. One that has no
-- such window (on holiday that week) stands in the year to date up to its latest that has begun.
-- Pupils are in the year group, and for persistent absence the class, of the window's end, or of
-- the last register when the window is not over.
CREATE TEMP TABLE step AS
SELECT school_id, key, "from", "to", upto, least(upto, coalesce(last_taken.date, :today)) AS status
FROM (
    SELECT calendar.school_id, begun.key, own."from", own."to",
           coalesce(own."to", (SELECT max(w."to") FROM school_window w WHERE w.kind = :kind
                    AND w.school_id = calendar.school_id AND w."from" <= begun."to")) AS upto
    FROM (SELECT key, max("to") AS "to" FROM school_window WHERE kind = :kind
          GROUP BY key HAVING bool_or("from" <= :today)) AS begun
    CROSS JOIN calendar
    LEFT JOIN school_window own ON own.school_id = calendar.school_id AND own.key = begun.key
) AS meaning
LEFT JOIN last_taken USING (school_id);

-- What every enrolment is at the end of every window.
CREATE TEMP TABLE being AS
SELECT key, counted.*, step."from", step."to", step.upto, step.status, p.class_id AS class_at_end, p.year_group,
       pg_temp.held(counted.enrolment_id, 'fsm', greatest(status, first_day), 'unrecorded') AS fsm,
       pg_temp.held(counted.enrolment_id, 'sen', greatest(status, first_day), 'unrecorded') AS sen,
       pg_temp.held(counted.enrolment_id, 'boarder', greatest(status, first_day), 'unrecorded') AS boarder
FROM step
JOIN counted USING (school_id)
LEFT JOIN placed p ON p.enrolment_id = counted.enrolment_id AND p."from" <= status AND status < p.until
WHERE definition = :definition;

CREATE TEMP TABLE part AS
SELECT key, school_id, phase, d.class_id, year_group, sex, fsm, sen, boarder,
       sum(expected)::bigint AS expected, sum(marked)::bigint AS marked,
       sum(possible)::bigint AS possible, sum(absent)::bigint AS absent,
       sum(unauthorised)::bigint AS unauthorised, sum(late)::bigint AS late,
       sum(approved)::bigint AS approved, 0::bigint AS doubled
FROM being
JOIN counted_day d USING (school_id, enrolment_id)
WHERE d.date BETWEEN being."from" AND being."to" AND d.date <= last_day
GROUP BY key, school_id, phase, d.class_id, year_group, sex, fsm, sen, boarder;

-- A row for every enrolment and window: what was possible and missed in the window, and to date.
CREATE TEMP TABLE standing AS
SELECT key, enrolment_id, pupil_id, status, school_id, phase, class_at_end AS class_id, year_group, sex, fsm, sen,
       boarder,
       coalesce(by_then.possible_so_far, 0) AS possible_to_date, coalesce(by_then.absent_so_far, 0) AS absent_to_date,
       CASE WHEN being."from" IS NULL THEN 0
            ELSE coalesce(by_then.possible_so_far, 0) - coalesce(before.possible_so_far, 0) END AS possible,
       CASE WHEN being."from" IS NULL THEN 0
            ELSE coalesce(by_then.absent_so_far, 0) - coalesce(before.absent_so_far, 0) END AS absent
FROM being
LEFT JOIN LATERAL (SELECT possible_so_far, absent_so_far FROM counted_day d WHERE d.enrolment_id = being.enrolment_id
     AND d.date <= being.upto AND d.date <= last_day ORDER BY date DESC LIMIT 1) AS by_then ON true
LEFT JOIN LATERAL (SELECT possible_so_far, absent_so_far FROM counted_day d WHERE d.enrolment_id = being.enrolment_id
     AND d.date < being."from" AND d.date <= last_day ORDER BY date DESC LIMIT 1) AS before ON true;
