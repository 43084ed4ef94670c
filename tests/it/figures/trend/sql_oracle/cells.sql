-- The cells of the trend by :group, of those who are :kept, each as the API would write it.
WITH sessions AS (
    SELECT (:group)::text AS "group", key, sum(expected)::bigint AS expected, sum(marked)::bigint AS marked,
           sum(possible)::bigint AS possible, sum(absent)::bigint AS absent,
           sum(unauthorised)::bigint AS unauthorised, sum(late)::bigint AS late,
           sum(approved)::bigint AS approved, sum(doubled)::bigint AS doubled
    FROM part WHERE (:group) IS NOT NULL AND :kept GROUP BY 1, 2
), enrolments AS (
    SELECT (:group)::text AS "group", key,
           count(*) FILTER (WHERE possible > 0) AS enrolments,
           count(*) FILTER (WHERE possible > 0 AND absent * 10 >= possible) AS persistent,
           count(*) FILTER (WHERE possible > 0 AND absent * 2 >= possible) AS severe,
           count(*) FILTER (WHERE possible_to_date > 0) AS enrolments_to_date,
           count(*) FILTER (WHERE possible_to_date > 0 AND absent_to_date * 10 >= possible_to_date)
               AS persistent_to_date,
           count(*) FILTER (WHERE possible_to_date > 0 AND absent_to_date * 2 >= possible_to_date)
               AS severe_to_date
    FROM standing WHERE (:group) IS NOT NULL AND :kept GROUP BY 1, 2
), figures AS (
    SELECT "group", key,
           coalesce(expected, 0) AS expected, coalesce(marked, 0) AS marked,
           coalesce(possible, 0) AS possible, coalesce(absent, 0) AS absent,
           coalesce(unauthorised, 0) AS unauthorised, coalesce(late, 0) AS late,
           coalesce(approved, 0) AS approved, coalesce(doubled, 0) AS doubled,
           coalesce(enrolments, 0) AS enrolments, coalesce(persistent, 0) AS persistent,
           coalesce(severe, 0) AS severe, coalesce(enrolments_to_date, 0) AS enrolments_to_date,
           coalesce(persistent_to_date, 0) AS persistent_to_date,
           coalesce(severe_to_date, 0) AS severe_to_date
    FROM sessions FULL JOIN enrolments USING ("group", key)
)
SELECT "group", key, (jsonb_build_object(
    'possible', possible, 'absent', absent, 'authorised', absent - unauthorised,
    'unauthorised', unauthorised, 'late', late, 'approved_activity', approved,
    'attendance_percent', (100 - pg_temp.rounded(absent, possible)::numeric)::text,
    'absence_percent', pg_temp.rounded(absent, possible),
    'authorised_percent', pg_temp.rounded(absent - unauthorised, possible),
    'unauthorised_percent', pg_temp.rounded(unauthorised, possible),
    'late_percent', pg_temp.rounded(late, possible),
    'persistence', CASE WHEN :kind <> 'week' THEN jsonb_build_object(
        'enrolments', enrolments, 'persistent', persistent, 'severe', severe,
        'persistent_percent', pg_temp.rounded(persistent, enrolments),
        'severe_percent', pg_temp.rounded(severe, enrolments)) END,
    'persistence_to_date', jsonb_build_object(
        'enrolments', enrolments_to_date, 'persistent', persistent_to_date, 'severe', severe_to_date,
        'persistent_percent', pg_temp.rounded(persistent_to_date, enrolments_to_date),
        'severe_percent', pg_temp.rounded(severe_to_date, enrolments_to_date)),
    'completeness', jsonb_build_object(
        'expected', expected, 'marked', marked, 'percent', pg_temp.cut(marked, expected))
) || CASE :level WHEN 'pupil' THEN jsonb_build_object('doubled', doubled) ELSE '{}' END)::text AS cell
FROM figures
