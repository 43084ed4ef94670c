-- A school that a child has left keeps what it knew and no more: every row of the record says which schools may see it,
-- and the pupil and the parent say which schools may write. api/src/roll/visibility keeps these columns.

-- `kept_by`: the schools that may write, by the table in api/src/roll/visibility/table.rs.
ALTER TABLE pupil ADD COLUMN kept_by int[] NOT NULL DEFAULT '{}';
ALTER TABLE parent ADD COLUMN kept_by int[] NOT NULL DEFAULT '{}';

-- `school_ids`: the schools that may see the row: those that had the child when it was recorded, and each that has had the
-- child since. Whoever has had the child before is not among them, and goes on seeing the row before it.
ALTER TABLE pupil_change ADD COLUMN school_ids int[] NOT NULL DEFAULT '{}';
ALTER TABLE parent_change ADD COLUMN school_ids int[] NOT NULL DEFAULT '{}';
ALTER TABLE pupil_parent ADD COLUMN school_ids int[] NOT NULL DEFAULT '{}';
ALTER TABLE parent_safeguard ADD COLUMN school_ids int[] NOT NULL DEFAULT '{}';

-- When that was recorded which stood in the parent's row until then.
ALTER TABLE parent_change ADD COLUMN since timestamptz;
-- Why an order was lifted, shortened or put otherwise.
ALTER TABLE parent_safeguard ADD COLUMN reason text CHECK (length(reason) BETWEEN 1 AND 500);

-- What there is already: a school sees what was recorded while the child was on no other school's roll, or on its own.
DO $$
DECLARE
    trust int;
    seen text := 'ARRAY(SELECT DISTINCT s.school_id FROM unnest(p.school_ids) AS s (school_id)
        WHERE EXISTS (SELECT FROM enrolment_now n WHERE n.trust_id = p.trust_id AND n.school_id = s.school_id
                AND n.pupil_id = coalesce(p.merged_into, p.pupil_id)
                AND (n.last_day IS NULL OR n.last_day >= %1$s.recorded_at::date))
           OR NOT EXISTS (SELECT FROM enrolment_now n WHERE n.trust_id = p.trust_id AND n.school_id <> s.school_id
                AND n.pupil_id = coalesce(p.merged_into, p.pupil_id) AND n.first_day <= %1$s.recorded_at::date
                AND (n.last_day IS NULL OR n.last_day >= %1$s.recorded_at::date))
        ORDER BY 1)';
    one text;
BEGIN
    FOR trust IN SELECT generate_series(1, last_value) FROM trust_ids LOOP
        EXECUTE format('SET LOCAL app.trust_id = %L', trust);
        SET LOCAL app.schools = '*';
        UPDATE pupil SET kept_by = school_ids;
        UPDATE parent SET kept_by = school_ids;
        FOREACH one IN ARRAY '{pupil_change,pupil_parent,parent_safeguard}'::text[] LOOP
            EXECUTE format('UPDATE %I r SET school_ids = ', one) || format(seen, 'r')
                || ' FROM pupil p WHERE p.trust_id = r.trust_id AND p.pupil_id = r.pupil_id';
        END LOOP;
        UPDATE pupil_change r SET school_ids = p.school_ids FROM pupil p
            WHERE p.trust_id = r.trust_id AND p.pupil_id = r.pupil_id AND r.field IN ('birth_date', 'sex', 'merged_into');
        EXECUTE 'UPDATE parent_change r SET school_ids = w.schools
            FROM (SELECT c.trust_id, c.parent_id, c.recorded_at, array_agg(DISTINCT s.school_id) AS schools
                  FROM parent_change c
                  JOIN pupil_parent l ON l.trust_id = c.trust_id AND l.parent_id = c.parent_id
                  JOIN pupil p ON p.trust_id = l.trust_id AND p.pupil_id = l.pupil_id
                  CROSS JOIN LATERAL unnest(' || format(seen, 'c') || ') AS s (school_id) GROUP BY 1, 2, 3) w
            WHERE w.trust_id = r.trust_id AND w.parent_id = r.parent_id AND w.recorded_at = r.recorded_at';
        EXECUTE 'UPDATE parent r SET school_ids = w.schools
            FROM (SELECT a.trust_id, a.parent_id, array_agg(DISTINCT s.school_id) AS schools
                  FROM parent a
                  JOIN pupil_parent l ON l.trust_id = a.trust_id AND l.parent_id = a.parent_id
                  JOIN pupil p ON p.trust_id = l.trust_id AND p.pupil_id = l.pupil_id
                  CROSS JOIN LATERAL unnest(' || format(seen, 'a') || ') AS s (school_id) GROUP BY 1, 2) w
            WHERE w.trust_id = r.trust_id AND w.parent_id = r.parent_id';
    END LOOP;
END $$;

DROP POLICY tenant ON pupil;
CREATE POLICY tenant ON pupil
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_ids && nullif(translate(current_setting('app.schools', true), '*', ''), '')::int[] END)
    WITH CHECK (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE kept_by && nullif(translate(current_setting('app.schools', true), '*', ''), '')::int[] END);

DROP POLICY tenant ON parent;
CREATE POLICY tenant ON parent
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_ids && nullif(translate(current_setting('app.schools', true), '*', ''), '')::int[] END)
    WITH CHECK (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE kept_by && nullif(translate(current_setting('app.schools', true), '*', ''), '')::int[] END);

DROP POLICY tenant ON pupil_change;
CREATE POLICY tenant ON pupil_change
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_ids && nullif(translate(current_setting('app.schools', true), '*', ''), '')::int[] END);

DROP POLICY tenant ON parent_change;
CREATE POLICY tenant ON parent_change
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_ids && nullif(translate(current_setting('app.schools', true), '*', ''), '')::int[] END);

DROP POLICY tenant ON pupil_parent;
CREATE POLICY tenant ON pupil_parent
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_ids && nullif(translate(current_setting('app.schools', true), '*', ''), '')::int[] END);

DROP POLICY tenant ON parent_safeguard;
CREATE POLICY tenant ON parent_safeguard
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_ids && nullif(translate(current_setting('app.schools', true), '*', ''), '')::int[] END);

GRANT UPDATE (kept_by) ON pupil TO rollcall_app;
GRANT UPDATE (kept_by) ON parent TO rollcall_app;
GRANT UPDATE (school_ids) ON pupil_change, parent_change, pupil_parent, parent_safeguard TO rollcall_app;
