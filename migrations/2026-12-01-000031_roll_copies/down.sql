DROP VIEW pupil_known;
DROP TABLE pupil_copy;

DO $$
DECLARE
    trust int;
BEGIN
    FOR trust IN SELECT generate_series(1, last_value) FROM trust_ids LOOP
        EXECUTE format('SET LOCAL app.trust_id = %L', trust);
        SET LOCAL app.schools = '*';
        UPDATE pupil SET school_ids = known_to WHERE school_ids <> known_to AND known_to <> '{}';
    END LOOP;
END $$;

ALTER TABLE parent_change DROP COLUMN name_key;
ALTER TABLE pupil DROP COLUMN known_to;
