-- When pupils come and go at a school: what an event at certain times takes of a day depends on it.

-- Append-only: from `from_day` on the school has these hours; of two rows for a day the later record holds. A school that
-- has said nothing has 08:45 to 15:15.
CREATE TABLE school_hours (
    trust_id    int NOT NULL,
    school_id   int NOT NULL,
    from_day    date NOT NULL,
    opens       time NOT NULL CHECK (opens < '12:00'),
    closes      time NOT NULL CHECK (closes > '13:00'),
    recorded_at timestamptz NOT NULL,
    recorded_by text NOT NULL,
    PRIMARY KEY (trust_id, school_id, from_day, recorded_at),
    FOREIGN KEY (trust_id, school_id) REFERENCES school
);

ALTER TABLE school_hours ENABLE ROW LEVEL SECURITY;
ALTER TABLE school_hours FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON school_hours
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(translate(current_setting('app.schools', true), '*', ''), '')::int[]) END);

GRANT SELECT, INSERT ON school_hours TO rollcall_app;
