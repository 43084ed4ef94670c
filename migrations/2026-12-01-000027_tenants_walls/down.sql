DO $$
DECLARE
    one record;
    ours text := 'trust_id = nullif(current_setting(''app.trust_id'', true), '''')::int';
    schools text := 'nullif(current_setting(''app.schools'', true), '''')::int[]';
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

ALTER POLICY tenant ON idempotency USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int);
ALTER POLICY tenant ON staff_change USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int);
ALTER POLICY tenant ON penalty_notice USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int);

REVOKE UPDATE (school_ids) ON penalty_notice, letter_stop FROM rollcall_app;
ALTER TABLE penalty_notice DROP COLUMN school_ids;
ALTER TABLE staff_change DROP COLUMN school_ids;
ALTER TABLE idempotency DROP COLUMN school_ids;
