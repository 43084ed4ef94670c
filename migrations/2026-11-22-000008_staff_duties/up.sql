-- Staff: who they are, and which duty they have at which school, in the school's own words, mapped to the product's roles.

CREATE SEQUENCE staff_ids AS int;

-- `subject`: the subject of the person's tokens, which stands in the history of what they do. `school_ids`: the schools
-- that they work for; row-level security reads it. What stood before is in `staff_change`.
CREATE TABLE staff (
    trust_id    int NOT NULL REFERENCES trust,
    staff_id    int NOT NULL DEFAULT nextval('staff_ids'),
    name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    email       text CHECK (length(email) BETWEEN 3 AND 254),
    subject     text CHECK (length(subject) BETWEEN 1 AND 200),
    school_ids  int[] NOT NULL,
    recorded_at timestamptz NOT NULL,
    recorded_by text NOT NULL,
    PRIMARY KEY (trust_id, staff_id),
    CONSTRAINT staff_subject UNIQUE (trust_id, subject)
);

-- Append-only: what stood in somebody's row until `recorded_at`.
CREATE TABLE staff_change (
    trust_id    int NOT NULL,
    staff_id    int NOT NULL,
    recorded_at timestamptz NOT NULL,
    old         jsonb NOT NULL,
    recorded_by text NOT NULL,
    PRIMARY KEY (trust_id, staff_id, recorded_at),
    FOREIGN KEY (trust_id, staff_id) REFERENCES staff
);

-- Append-only: from `from_day` to `to_day` somebody has this duty at the school; of two rows for a day the later record
-- holds. `role` is one of domain/roles.toml; NULL takes back what was recorded for that day.
CREATE TABLE staff_duty (
    trust_id    int NOT NULL,
    school_id   int NOT NULL,
    staff_id    int NOT NULL,
    duty        text NOT NULL CHECK (length(duty) BETWEEN 1 AND 100),
    from_day    date NOT NULL,
    to_day      date CHECK (to_day >= from_day),
    role        text CHECK (length(role) BETWEEN 1 AND 50),
    recorded_at timestamptz NOT NULL,
    recorded_by text NOT NULL,
    PRIMARY KEY (trust_id, school_id, staff_id, duty, from_day, recorded_at),
    FOREIGN KEY (trust_id, school_id) REFERENCES school,
    FOREIGN KEY (trust_id, staff_id) REFERENCES staff
);

ALTER TABLE staff ENABLE ROW LEVEL SECURITY;
ALTER TABLE staff FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON staff
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_ids && nullif(current_setting('app.schools', true), '')::int[] END);

-- Read through the person, whom row-level security shows to their schools only.
ALTER TABLE staff_change ENABLE ROW LEVEL SECURITY;
ALTER TABLE staff_change FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON staff_change
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int);

ALTER TABLE staff_duty ENABLE ROW LEVEL SECURITY;
ALTER TABLE staff_duty FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON staff_duty
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(current_setting('app.schools', true), '')::int[]) END);

GRANT USAGE ON SEQUENCE staff_ids TO rollcall_app;
GRANT SELECT, INSERT ON staff, staff_change, staff_duty TO rollcall_app;
GRANT UPDATE (name, email, subject, school_ids, recorded_at, recorded_by) ON staff TO rollcall_app;
