-- Pupils and the roll: who is enrolled where, from when to when, in which class and year group.

CREATE SEQUENCE pupil_ids AS int;
CREATE SEQUENCE class_ids AS int;
CREATE SEQUENCE enrolment_ids AS int;

-- `school_ids`: every school of the trust that has ever enrolled the pupil; row-level security reads it.
-- `name_key` ("surname forename") and `given_key` ("forename surname"), both folded, are searched by `^@`
-- (LIKE and lower() lose their index under row-level security).
CREATE TABLE pupil (
    trust_id   int NOT NULL REFERENCES trust,
    pupil_id   int NOT NULL DEFAULT nextval('pupil_ids'),
    upn        text NOT NULL CHECK (length(upn) = 13),
    surname    text NOT NULL CHECK (length(surname) BETWEEN 1 AND 100),
    forename   text NOT NULL CHECK (length(forename) BETWEEN 1 AND 100),
    name_key   text NOT NULL,
    given_key  text NOT NULL,
    birth_date date NOT NULL,
    sex        text CHECK (sex IN ('F', 'M')),
    school_ids int[] NOT NULL,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    PRIMARY KEY (trust_id, pupil_id),
    CONSTRAINT pupil_upn UNIQUE (trust_id, upn)
);
CREATE INDEX pupil_by_name ON pupil (trust_id, name_key COLLATE "C", pupil_id);
CREATE INDEX pupil_by_given ON pupil (trust_id, given_key COLLATE "C", pupil_id);

CREATE TABLE class (
    trust_id   int NOT NULL,
    school_id  int NOT NULL,
    class_id   int NOT NULL DEFAULT nextval('class_ids'),
    year       smallint NOT NULL CHECK (year BETWEEN 1990 AND 2199),
    name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 50),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    PRIMARY KEY (trust_id, class_id),
    CONSTRAINT class_name UNIQUE (trust_id, school_id, year, name),
    FOREIGN KEY (trust_id, school_id) REFERENCES school
);

-- A pupil who leaves and returns has two enrolments. The facts about one are append-only beside it.
CREATE TABLE enrolment (
    trust_id     int NOT NULL,
    school_id    int NOT NULL,
    enrolment_id int NOT NULL DEFAULT nextval('enrolment_ids'),
    pupil_id     int NOT NULL,
    created_at   timestamptz NOT NULL,
    created_by   text NOT NULL,
    PRIMARY KEY (trust_id, enrolment_id),
    FOREIGN KEY (trust_id, school_id) REFERENCES school,
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupil
);
CREATE INDEX enrolment_by_school ON enrolment (trust_id, school_id, enrolment_id);
CREATE INDEX enrolment_by_pupil ON enrolment (trust_id, pupil_id);

-- Append-only: the latest row says from which day to which day the pupil is on roll.
CREATE TABLE enrolment_days (
    trust_id     int NOT NULL,
    school_id    int NOT NULL,
    enrolment_id int NOT NULL,
    first_day    date NOT NULL,
    last_day     date CHECK (last_day >= first_day),
    recorded_at  timestamptz NOT NULL,
    recorded_by  text NOT NULL,
    PRIMARY KEY (trust_id, school_id, enrolment_id, recorded_at),
    FOREIGN KEY (trust_id, enrolment_id) REFERENCES enrolment
);

-- Append-only: from `from_day` on the pupil is in this class and year group; of two rows for a day the later record holds.
CREATE TABLE placement (
    trust_id     int NOT NULL,
    school_id    int NOT NULL,
    enrolment_id int NOT NULL,
    from_day     date NOT NULL,
    class_id     int NOT NULL,
    year_group   smallint NOT NULL CHECK (year_group BETWEEN -2 AND 14),
    recorded_at  timestamptz NOT NULL,
    recorded_by  text NOT NULL,
    PRIMARY KEY (trust_id, school_id, enrolment_id, from_day, recorded_at),
    FOREIGN KEY (trust_id, enrolment_id) REFERENCES enrolment,
    FOREIGN KEY (trust_id, class_id) REFERENCES class
);
CREATE INDEX placement_by_class ON placement (trust_id, class_id);

-- What holds now, of the two append-only tables above.
CREATE VIEW enrolment_now WITH (security_invoker = true) AS
SELECT DISTINCT ON (e.trust_id, e.school_id, e.enrolment_id)
       e.trust_id, e.school_id, e.enrolment_id, e.pupil_id, d.first_day, d.last_day
FROM enrolment e
JOIN enrolment_days d USING (trust_id, school_id, enrolment_id)
ORDER BY e.trust_id, e.school_id, e.enrolment_id, d.recorded_at DESC;

CREATE VIEW placement_now WITH (security_invoker = true) AS
SELECT DISTINCT ON (trust_id, school_id, enrolment_id, from_day)
       trust_id, school_id, enrolment_id, from_day, class_id, year_group
FROM placement
ORDER BY trust_id, school_id, enrolment_id, from_day, recorded_at DESC;

ALTER TABLE pupil ENABLE ROW LEVEL SECURITY;
ALTER TABLE pupil FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON pupil
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_ids && nullif(current_setting('app.schools', true), '')::int[] END);

ALTER TABLE class ENABLE ROW LEVEL SECURITY;
ALTER TABLE class FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON class
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(current_setting('app.schools', true), '')::int[]) END);

ALTER TABLE enrolment ENABLE ROW LEVEL SECURITY;
ALTER TABLE enrolment FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON enrolment
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(current_setting('app.schools', true), '')::int[]) END);

ALTER TABLE enrolment_days ENABLE ROW LEVEL SECURITY;
ALTER TABLE enrolment_days FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON enrolment_days
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(current_setting('app.schools', true), '')::int[]) END);

ALTER TABLE placement ENABLE ROW LEVEL SECURITY;
ALTER TABLE placement FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON placement
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(current_setting('app.schools', true), '')::int[]) END);

GRANT USAGE ON SEQUENCE pupil_ids, class_ids, enrolment_ids TO rollcall_app;
GRANT SELECT, INSERT ON pupil, class, enrolment, enrolment_days, placement TO rollcall_app;
GRANT UPDATE (school_ids) ON pupil TO rollcall_app;
GRANT SELECT ON enrolment_now, placement_now TO rollcall_app;
