-- A school that a child has left keeps a frozen copy of the child's names and number, and sees the pupil's row no more
-- once somebody else has corrected it. The same of a parent's name, so that both are found by what the school knew.

-- `known_to`: every school of the trust that has or had the pupil. `school_ids`: those of them that see the row as it
-- stands now.
ALTER TABLE pupil ADD COLUMN known_to int[] NOT NULL DEFAULT '{}';

-- What stood in the pupil's row until `recorded_at`, for the schools that see nothing later. Date of birth and sex decide
-- the figures of every school, and a merge is for all of them: these three are as they stand now.
CREATE TABLE pupil_copy (
    trust_id    int NOT NULL,
    pupil_id    int NOT NULL,
    recorded_at timestamptz NOT NULL,
    school_ids  int[] NOT NULL,
    known_to    int[] NOT NULL,
    upn         text NOT NULL,
    surname     text NOT NULL,
    forename    text NOT NULL,
    name_key    text NOT NULL,
    given_key   text NOT NULL,
    birth_date  date NOT NULL,
    sex         text CHECK (sex IN ('F', 'M')),
    merged_into int,
    PRIMARY KEY (trust_id, pupil_id, recorded_at),
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupil,
    FOREIGN KEY (trust_id, merged_into) REFERENCES pupil
);
CREATE INDEX pupil_copy_by_name ON pupil_copy (trust_id, name_key COLLATE "C", pupil_id);
CREATE INDEX pupil_copy_by_given ON pupil_copy (trust_id, given_key COLLATE "C", pupil_id);
CREATE INDEX pupil_copy_by_upn ON pupil_copy (trust_id, upn);
CREATE INDEX pupil_copy_merged ON pupil_copy (trust_id, merged_into) WHERE merged_into IS NOT NULL;

-- What a parent was found by until it was changed.
ALTER TABLE parent_change ADD COLUMN name_key text;
CREATE INDEX parent_change_by_name ON parent_change (trust_id, name_key COLLATE "C", parent_id);

-- What there is already: a school that a correction was not for knew what stood before the first such one. Keys of names
-- that were corrected are folded as far as SQL can.
DO $$
DECLARE
    trust int;
BEGIN
    FOR trust IN SELECT generate_series(1, last_value) FROM trust_ids LOOP
        EXECUTE format('SET LOCAL app.trust_id = %L', trust);
        SET LOCAL app.schools = '*';
        UPDATE pupil SET known_to = school_ids;
        INSERT INTO pupil_copy
            SELECT p.trust_id, p.pupil_id, w.until, array_agg(w.school_id ORDER BY w.school_id), p.known_to,
                coalesce(w.upn, p.upn), coalesce(w.surname, p.surname), coalesce(w.forename, p.forename),
                CASE WHEN w.surname IS NULL AND w.forename IS NULL THEN p.name_key
                    ELSE lower(coalesce(w.surname, p.surname) || ' ' || coalesce(w.forename, p.forename)) END,
                CASE WHEN w.surname IS NULL AND w.forename IS NULL THEN p.given_key
                    ELSE lower(coalesce(w.forename, p.forename) || ' ' || coalesce(w.surname, p.surname)) END,
                p.birth_date, p.sex, p.merged_into
            FROM (SELECT trust_id, pupil_id, school_id, min(recorded_at) AS until,
                      max(old) FILTER (WHERE field = 'upn') AS upn,
                      max(old) FILTER (WHERE field = 'surname') AS surname,
                      max(old) FILTER (WHERE field = 'forename') AS forename
                  FROM (SELECT DISTINCT ON (c.pupil_id, s.school_id, c.field)
                            c.trust_id, c.pupil_id, s.school_id, c.field, c.old, c.recorded_at
                        FROM pupil_change c
                        JOIN pupil q ON q.trust_id = c.trust_id AND q.pupil_id = c.pupil_id
                        CROSS JOIN LATERAL unnest(q.known_to) AS s (school_id)
                        WHERE c.field IN ('upn', 'surname', 'forename')
                          AND s.school_id <> ALL (c.school_ids) AND s.school_id <> ALL (q.kept_by)
                        ORDER BY c.pupil_id, s.school_id, c.field, c.recorded_at) hidden
                  GROUP BY trust_id, pupil_id, school_id) w
            JOIN pupil p ON p.trust_id = w.trust_id AND p.pupil_id = w.pupil_id
            GROUP BY p.trust_id, p.pupil_id, w.until, w.upn, w.surname, w.forename;
        UPDATE pupil p SET school_ids = ARRAY(SELECT s FROM unnest(p.school_ids) AS s
                WHERE NOT EXISTS (SELECT FROM pupil_copy c
                    WHERE c.trust_id = p.trust_id AND c.pupil_id = p.pupil_id AND s = ANY (c.school_ids)))
            WHERE EXISTS (SELECT FROM pupil_copy c WHERE c.trust_id = p.trust_id AND c.pupil_id = p.pupil_id);
        UPDATE parent_change SET name_key = lower(concat_ws(' ', old ->> 'surname', old ->> 'forename'));
    END LOOP;
END $$;

ALTER TABLE pupil_copy ENABLE ROW LEVEL SECURITY;
ALTER TABLE pupil_copy FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON pupil_copy
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_ids && nullif(translate(current_setting('app.schools', true), '*', ''), '')::int[] END);

-- Pupils as whoever asks knows them: as they stand, or the last that was known of those who are seen no more.
CREATE VIEW pupil_known WITH (security_invoker = true) AS
    SELECT trust_id, pupil_id, upn, surname, forename, name_key, given_key, birth_date, sex, merged_into, known_to
    FROM pupil
    UNION ALL
    SELECT trust_id, pupil_id, upn, surname, forename, name_key, given_key, birth_date, sex, merged_into, known_to
    FROM pupil_copy c
    WHERE NOT EXISTS (SELECT FROM pupil p WHERE p.trust_id = c.trust_id AND p.pupil_id = c.pupil_id)
      AND NOT EXISTS (SELECT FROM pupil_copy l
          WHERE l.trust_id = c.trust_id AND l.pupil_id = c.pupil_id AND l.recorded_at > c.recorded_at);

GRANT SELECT, INSERT ON pupil_copy TO rollcall_app;
GRANT UPDATE (birth_date, sex, merged_into) ON pupil_copy TO rollcall_app;
GRANT UPDATE (known_to) ON pupil TO rollcall_app;
GRANT SELECT ON pupil_known TO rollcall_app;
