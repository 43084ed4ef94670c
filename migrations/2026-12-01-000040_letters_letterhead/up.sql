-- What stands on a school's letters, and a letter as it is posted: dated, addressed, with what it still lacks.

-- Append-only: the letterhead with the greatest version stands.
CREATE TABLE school_letterhead (
    trust_id    int NOT NULL,
    school_id   int NOT NULL,
    version     int NOT NULL CHECK (version > 0),
    body        jsonb NOT NULL,
    recorded_at timestamptz NOT NULL,
    recorded_by text NOT NULL,
    PRIMARY KEY (trust_id, school_id, version),
    FOREIGN KEY (trust_id, school_id) REFERENCES school
);

ALTER TABLE school_letterhead ENABLE ROW LEVEL SECURITY;
ALTER TABLE school_letterhead FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON school_letterhead
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(translate(current_setting('app.schools', true), '*', ''), '')::int[]) END);

GRANT SELECT, INSERT ON school_letterhead TO rollcall_app;

-- `over`: the days that its figure is taken over. `fields`: what stands in the letter's fields, so that it can be written
-- anew when a meeting or a plan comes to it. `lacks`: what is not recorded yet and keeps the letter back.
ALTER TABLE letter ADD COLUMN over text CHECK (over IN ('week', 'half term', 'term', 'year to date')),
    ADD COLUMN fields jsonb NOT NULL DEFAULT '{}', ADD COLUMN lacks jsonb;

-- `body` is the whole page. `letterhead`: the version of the school's letterhead on it.
ALTER TABLE letter_copy ADD COLUMN address text, ADD COLUMN language text, ADD COLUMN written_in text,
    ADD COLUMN dated date, ADD COLUMN letterhead int;
