-- Row-level security knows the schools in every table that is about a school or a pupil, and its policies cast no '*': an
-- engine that shards by trust evaluates every branch of a policy on writes.

-- `school_ids`: the schools that may see the row. Of an answer those of the token that it was given for; none are named
-- when the token was for the whole trust, and then no lesser one sees it.
ALTER TABLE idempotency ADD COLUMN school_ids int[] NOT NULL DEFAULT '{}';
ALTER TABLE staff_change ADD COLUMN school_ids int[] NOT NULL DEFAULT '{}';
ALTER TABLE penalty_notice ADD COLUMN school_ids int[] NOT NULL DEFAULT '{}';

-- What there is already: who may see the member of staff, or the child, sees it.
DO $$
DECLARE
    trust int;
BEGIN
    FOR trust IN SELECT generate_series(1, last_value) FROM trust_ids LOOP
        EXECUTE format('SET LOCAL app.trust_id = %L', trust);
        SET LOCAL app.schools = '*';
        UPDATE staff_change c SET school_ids = s.school_ids FROM staff s
            WHERE s.trust_id = c.trust_id AND s.staff_id = c.staff_id;
        UPDATE penalty_notice n SET school_ids = array_append(array_remove(p.school_ids, n.asking_school), n.asking_school)
            FROM pupil p WHERE p.trust_id = n.trust_id AND p.pupil_id = n.pupil_id;
    END LOOP;
END $$;

ALTER TABLE idempotency ALTER school_ids DROP DEFAULT;
ALTER TABLE staff_change ALTER school_ids DROP DEFAULT;
ALTER TABLE penalty_notice ALTER school_ids DROP DEFAULT;

-- A school that enrols a child sees what was recorded about the child before.
GRANT UPDATE (school_ids) ON penalty_notice, letter_stop TO rollcall_app;

-- The policy of every table in its one form. Of pupils and parents another migration says it.
DO $$
DECLARE
    one record;
    ours text := 'trust_id = nullif(current_setting(''app.trust_id'', true), '''')::int';
    schools text := 'nullif(translate(current_setting(''app.schools'', true), ''*'', ''''), '''')::int[]';
BEGIN
    FOR one IN
        SELECT c.relname AS name, max(a.attname) AS knows FROM pg_policy p
        JOIN pg_class c ON c.oid = p.polrelid AND c.relnamespace = 'public'::regnamespace
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname IN ('school_id', 'school_ids')
        WHERE c.relname NOT IN
            ('pupil', 'parent', 'pupil_parent', 'parent_safeguard', 'pupil_change', 'parent_change')
        GROUP BY c.relname
    LOOP
        EXECUTE format('ALTER POLICY tenant ON %I USING (%s AND CASE WHEN current_setting(''app.schools'', true) = ''*'' '
            'THEN true ELSE %s END)', one.name, ours, CASE one.knows
            WHEN 'school_id' THEN format('school_id = ANY (%s)', schools)
            ELSE format('school_ids && %s', schools) END);
    END LOOP;
END $$;
