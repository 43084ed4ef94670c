-- A school keeps its key when its URN changes (as when it becomes an academy), and is found under its former URN too.

-- Append-only: the URN that the school had until then.
CREATE TABLE former_urn (
    trust_id    int NOT NULL,
    school_id   int NOT NULL,
    recorded_at timestamptz NOT NULL,
    old_urn     text NOT NULL CHECK (old_urn ~ '^[0-9]{6}$'),
    new_urn     text NOT NULL CHECK (new_urn ~ '^[0-9]{6}$'),
    changed_on  date,
    recorded_by text NOT NULL,
    PRIMARY KEY (trust_id, school_id, recorded_at),
    FOREIGN KEY (trust_id, school_id) REFERENCES school
);

ALTER TABLE former_urn ENABLE ROW LEVEL SECURITY;
ALTER TABLE former_urn FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON former_urn
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(current_setting('app.schools', true), '')::int[]) END);

GRANT SELECT, INSERT ON former_urn TO rollcall_app;
GRANT UPDATE (urn, name, phase) ON school TO rollcall_app;

-- Files of Get Information About Schools.
ALTER TABLE import DROP CONSTRAINT import_kind_check;
ALTER TABLE import ADD CONSTRAINT import_kind_check CHECK (kind IN ('pupils', 'marks', 'schools', 'groups', 'links'));
