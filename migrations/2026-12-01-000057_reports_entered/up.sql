-- Which entries of a school's log were entered in its safeguarding system, and when.

-- Append-only. `entry`: the entry's key in the log.
CREATE TABLE log_entered (
    trust_id    int NOT NULL,
    school_id   int NOT NULL,
    entry       text NOT NULL CHECK (length(entry) BETWEEN 1 AND 100),
    system      text NOT NULL CHECK (system IN ('my_concern', 'cpoms', 'other')),
    entered_at  timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    recorded_by text NOT NULL,
    PRIMARY KEY (trust_id, school_id, entry, system),
    FOREIGN KEY (trust_id, school_id) REFERENCES school
);

ALTER TABLE log_entered ENABLE ROW LEVEL SECURITY;
ALTER TABLE log_entered FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON log_entered
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(translate(current_setting('app.schools', true), '*', ''), '')::int[]) END);

GRANT SELECT, INSERT ON log_entered TO rollcall_app;
