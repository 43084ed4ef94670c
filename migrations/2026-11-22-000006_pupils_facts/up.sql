-- What else is known of a pupil, with dates, and every correction: so that any figure can be asked as it was known before.

-- Append-only: from `from_day` on this holds of the enrolment; of two rows for a day the later record holds. `value` is one
-- of its kind's (domain/src/characteristic.rs); NULL takes back what was recorded for that day.
CREATE TABLE characteristic (
    trust_id     int NOT NULL,
    school_id    int NOT NULL,
    enrolment_id int NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('fsm', 'sen', 'eal', 'looked_after', 'child_in_need', 'service_child',
                                               'boarder', 'registration')),
    from_day     date NOT NULL,
    value        text CHECK (length(value) BETWEEN 1 AND 30),
    recorded_at  timestamptz NOT NULL,
    recorded_by  text NOT NULL,
    PRIMARY KEY (trust_id, school_id, enrolment_id, kind, from_day, recorded_at),
    FOREIGN KEY (trust_id, enrolment_id) REFERENCES enrolment
);

-- Append-only: what stood in a field of the pupil until `recorded_at`, and what stands there since.
CREATE TABLE pupil_change (
    trust_id    int NOT NULL,
    pupil_id    int NOT NULL,
    recorded_at timestamptz NOT NULL,
    field       text NOT NULL CHECK (field IN ('upn', 'surname', 'forename', 'birth_date', 'sex')),
    old         text,
    new         text,
    reason      text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    recorded_by text NOT NULL,
    PRIMARY KEY (trust_id, pupil_id, recorded_at, field),
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupil
);
-- A pupil is found by a UPN of earlier days too.
CREATE INDEX pupil_change_upn ON pupil_change (trust_id, old) WHERE field = 'upn';

-- Append-only: an enrolment that was found to be another child's (two records of one child merged, or one of two split).
CREATE TABLE enrolment_pupil (
    trust_id     int NOT NULL,
    school_id    int NOT NULL,
    enrolment_id int NOT NULL,
    recorded_at  timestamptz NOT NULL,
    old_pupil_id int NOT NULL,
    new_pupil_id int NOT NULL,
    reason       text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    recorded_by  text NOT NULL,
    PRIMARY KEY (trust_id, school_id, enrolment_id, recorded_at),
    FOREIGN KEY (trust_id, enrolment_id) REFERENCES enrolment,
    FOREIGN KEY (trust_id, old_pupil_id) REFERENCES pupil,
    FOREIGN KEY (trust_id, new_pupil_id) REFERENCES pupil
);

-- The pupil that this record was merged into; it is then no longer listed.
ALTER TABLE pupil ADD COLUMN merged_into int;
ALTER TABLE pupil ADD FOREIGN KEY (trust_id, merged_into) REFERENCES pupil;

-- Append-only: which registers of a class counted as taken before an import added to them. Registers taken here have
-- their own instant in `register_session`; with both, the last taken register is known as on any instant.
CREATE TABLE class_year_change (
    trust_id    int NOT NULL,
    year        smallint NOT NULL,
    school_id   int NOT NULL,
    class_id    int NOT NULL,
    recorded_at timestamptz NOT NULL,
    old         bytea NOT NULL CHECK (length(old) = 744),
    PRIMARY KEY (trust_id, year, school_id, class_id, recorded_at),
    FOREIGN KEY (trust_id, class_id) REFERENCES class
);

ALTER TABLE characteristic ENABLE ROW LEVEL SECURITY;
ALTER TABLE characteristic FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON characteristic
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(current_setting('app.schools', true), '')::int[]) END);

ALTER TABLE enrolment_pupil ENABLE ROW LEVEL SECURITY;
ALTER TABLE enrolment_pupil FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON enrolment_pupil
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(current_setting('app.schools', true), '')::int[]) END);

ALTER TABLE class_year_change ENABLE ROW LEVEL SECURITY;
ALTER TABLE class_year_change FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON class_year_change
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(current_setting('app.schools', true), '')::int[]) END);

-- Read through its pupil, which row-level security shows to the pupil's schools only.
ALTER TABLE pupil_change ENABLE ROW LEVEL SECURITY;
ALTER TABLE pupil_change FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON pupil_change
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int);

GRANT SELECT, INSERT ON characteristic, pupil_change, enrolment_pupil, class_year_change TO rollcall_app;
GRANT UPDATE (upn, surname, forename, name_key, given_key, birth_date, sex, merged_into) ON pupil TO rollcall_app;
GRANT UPDATE (pupil_id) ON enrolment TO rollcall_app;
