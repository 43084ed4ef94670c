-- Everything there is to count in one academic year, written from the text of the definitions alone.
-- Run as the application's role with app.trust_id set. :year is the academic year, :today the day.

-- Each school's calendar as it stands now, and the half days on which the school is open.
CREATE TEMP TABLE calendar AS
SELECT DISTINCT ON (school_id) school_id, phase, body
FROM school_calendar JOIN school USING (trust_id, school_id)
WHERE year = :year
ORDER BY school_id, version DESC;

CREATE TEMP TABLE term AS
SELECT school_id, row_number() OVER (PARTITION BY school_id ORDER BY t."from") AS number, t.*
FROM calendar, jsonb_to_recordset(body -> 'terms') AS t ("from" date, "to" date, half_term jsonb);

CREATE TEMP TABLE open_half_day AS
SELECT school_id, d::date AS date, session
FROM term
JOIN calendar USING (school_id)
CROSS JOIN generate_series(term."from", term."to", interval '1 day') AS d
CROSS JOIN (VALUES ('AM', 0), ('PM', 1)) AS half (session, place)
WHERE (body -> 'week' -> (extract(isodow FROM d)::int - 1) ->> place)::boolean
  AND (half_term IS NULL OR NOT d BETWEEN (half_term ->> 'from')::date AND (half_term ->> 'to')::date)
  AND NOT EXISTS (
      SELECT FROM jsonb_to_recordset(body -> 'closures') AS c ("from" date, "to" date, session text)
      WHERE d BETWEEN c."from" AND c."to" AND (c.session IS NULL OR c.session = half.session));

-- The year groups that are not due though the school is open.
CREATE TEMP TABLE not_due AS
SELECT school_id, n.*
FROM calendar, jsonb_to_recordset(body -> 'not_due') AS n (year_groups int[], "from" date, "to" date, session text);

-- The windows: weeks with an open half day, half terms, terms, and the year to date.
CREATE TEMP TABLE half_term AS
SELECT school_id, row_number() OVER (PARTITION BY school_id ORDER BY "from") AS number, "from", "to"
FROM (
    SELECT school_id, "from", coalesce((half_term ->> 'from')::date - 1, "to") AS "to" FROM term
    UNION ALL
    SELECT school_id, (half_term ->> 'to')::date + 1, "to" FROM term WHERE half_term IS NOT NULL
) AS half;

CREATE TEMP TABLE school_window AS
SELECT DISTINCT school_id, 'week' AS kind, to_char(date, 'IYYY-"W"IW') AS key,
       date_trunc('week', date)::date AS "from", date_trunc('week', date)::date + 6 AS "to"
FROM open_half_day
UNION ALL SELECT school_id, 'half_term', 'half-term-' || number, "from", "to" FROM half_term
UNION ALL SELECT school_id, 'term', 'term-' || number, "from", "to" FROM term
UNION ALL SELECT school_id, 'year_to_date', 'year-to-date', min("from"), make_date(:year + 1, 7, 31)
          FROM term GROUP BY school_id;

-- The last register of each school that was taken or came by an import.
CREATE TEMP TABLE last_taken AS
SELECT school_id, date_trunc('week', make_date(:year, 8, 1))::date + max(i) / 2 AS date,
       CASE max(i) % 2 WHEN 0 THEN 'AM' ELSE 'PM' END AS session
FROM class_year, generate_series(0, 743) AS i
WHERE year = :year AND get_byte(taken, i) <> 0
GROUP BY school_id;

-- Who is or was on roll.
CREATE TEMP TABLE on_roll AS
SELECT school_id, enrolment_id, pupil_id, first_day, coalesce(last_day, 'infinity') AS last_day, birth_date,
       coalesce(sex, 'unrecorded') AS sex
FROM enrolment_now JOIN pupil USING (trust_id, pupil_id);
CREATE UNIQUE INDEX ON on_roll (enrolment_id);

-- Where an enrolment is placed from one day to another; before its first placement, where that is.
CREATE TEMP TABLE placed AS
SELECT enrolment_id, class_id, year_group,
       CASE WHEN from_day <= first_day THEN '-infinity' ELSE from_day END AS "from",
       lead(from_day, 1, 'infinity') OVER (PARTITION BY enrolment_id ORDER BY from_day) AS until
FROM placement_now JOIN on_roll USING (school_id, enrolment_id);
DELETE FROM placed USING on_roll e WHERE e.enrolment_id = placed.enrolment_id AND until <= first_day;
CREATE INDEX ON placed (enrolment_id);

-- What else holds of an enrolment from a day on: the latest record for that day, unless it was taken back.
CREATE TEMP TABLE holds AS
SELECT enrolment_id, kind, from_day, value
FROM (SELECT DISTINCT ON (enrolment_id, kind, from_day) * FROM characteristic
      ORDER BY enrolment_id, kind, from_day, recorded_at DESC) AS latest
WHERE value IS NOT NULL;
CREATE INDEX ON holds (enrolment_id, kind);

-- What held on a day; `otherwise` where nothing is recorded.
CREATE FUNCTION pg_temp.held(enrolment int, what text, day date, otherwise text) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT value FROM holds WHERE enrolment_id = enrolment AND kind = what AND from_day <= day
                     ORDER BY from_day DESC LIMIT 1), otherwise)
$$;

CREATE TEMP TABLE given AS
SELECT enrolment_id, date, session, possible, absent, unauthorised, late, approved
FROM mark WHERE year = :year;
CREATE INDEX ON given (enrolment_id, date);
ANALYZE on_roll, given, placed, open_half_day;

-- A row for every enrolment and half day of school on roll and due, with what counts of it. It is morning: a mark is
-- expected up to yesterday.
CREATE TEMP TABLE school_session AS
SELECT o.school_id, e.enrolment_id, e.pupil_id, o.date, o.session, p.class_id,
       o.date < :today AS expected, g.date IS NOT NULL AND o.date < :today AS marked,
       coalesce(g.possible, false) AS possible, coalesce(g.absent, false) AS absent,
       coalesce(g.unauthorised, false) AS unauthorised, coalesce(g.late, false) AS late,
       coalesce(g.approved, false) AS approved
FROM open_half_day o
JOIN on_roll e ON e.school_id = o.school_id AND o.date BETWEEN e.first_day AND e.last_day
LEFT JOIN last_taken l ON l.school_id = o.school_id
LEFT JOIN given g ON g.enrolment_id = e.enrolment_id AND g.date = o.date AND g.session = o.session
     AND (o.date, o.session) <= (l.date, l.session)
LEFT JOIN placed p ON p.enrolment_id = e.enrolment_id AND p."from" <= o.date AND o.date < p.until
WHERE NOT EXISTS (
    SELECT FROM not_due n
    WHERE n.school_id = o.school_id AND o.date BETWEEN n."from" AND n."to"
      AND (n.session IS NULL OR n.session = o.session) AND p.year_group = ANY (n.year_groups))
-- Boarders are in no register while they board.
  AND pg_temp.held(e.enrolment_id, 'boarder', o.date, 'unrecorded') <> 'yes';

-- Day by day.
CREATE TEMP TABLE school_day AS
SELECT school_id, enrolment_id, date, class_id,
       count(*) FILTER (WHERE expected) AS expected, count(*) FILTER (WHERE marked) AS marked,
       count(*) FILTER (WHERE possible) AS possible, count(*) FILTER (WHERE absent) AS absent,
       count(*) FILTER (WHERE unauthorised) AS unauthorised, count(*) FILTER (WHERE late) AS late,
       count(*) FILTER (WHERE approved) AS approved
FROM school_session
GROUP BY school_id, enrolment_id, date, class_id;

-- The same with what came before it in the year.
CREATE TEMP TABLE counted_day AS
SELECT *, sum(possible) OVER so_far AS possible_so_far, sum(absent) OVER so_far AS absent_so_far
FROM school_day
WINDOW so_far AS (PARTITION BY enrolment_id ORDER BY date);
CREATE UNIQUE INDEX ON counted_day (enrolment_id, date);

-- Whom each definition counts, and up to which day.
CREATE TEMP TABLE counted AS
SELECT definition, on_roll.school_id, enrolment_id, pupil_id, phase, first_day, sex,
       CASE WHEN definition = 'dfe-census' AND age = 15 THEN coalesce(fifth."to", 'infinity')
            ELSE 'infinity' END AS last_day
FROM (VALUES ('on-roll'), ('dfe-daily'), ('dfe-census')) AS d (definition)
CROSS JOIN on_roll
JOIN calendar USING (school_id)
CROSS JOIN LATERAL (SELECT extract(year FROM age(make_date(:year, 8, 31), birth_date)) AS age) a
-- Nothing is left out of a year that has no sixth half term.
LEFT JOIN half_term AS fifth ON fifth.school_id = on_roll.school_id AND fifth.number = 5
     AND EXISTS (SELECT FROM half_term sixth WHERE sixth.school_id = on_roll.school_id AND sixth.number = 6)
WHERE (definition = 'on-roll' OR age BETWEEN 5 AND 15)
  AND NOT (definition = 'dfe-census' AND fifth."to" IS NOT NULL AND first_day > fifth."to");
ANALYZE school_session, counted_day, counted;

-- Of several enrolments of a pupil the greatest answers on a day: the one that was not left or was left last, at the
-- main school, begun last.
CREATE FUNCTION pg_temp.answers(enrolment int, day date) RETURNS record LANGUAGE sql STABLE AS $$
    SELECT (CASE WHEN last_day < day THEN last_day ELSE 'infinity' END,
            pg_temp.held(enrolment, 'registration', greatest(day, first_day), 'single') <> 'subsidiary',
            first_day, enrolment)
    FROM on_roll WHERE enrolment_id = enrolment
$$;

-- A percentage rounded to one decimal, a half up; none of nothing.
CREATE FUNCTION pg_temp.rounded(part bigint, whole bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT round(100.0 * part / nullif(whole, 0), 1)::text
$$;

-- A percentage cut to one decimal; none of nothing.
CREATE FUNCTION pg_temp.cut(part bigint, whole bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN whole > 0 THEN (1000 * part / whole / 10) || '.' || (1000 * part / whole % 10) END
$$;
