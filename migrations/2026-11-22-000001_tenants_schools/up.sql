-- Trusts, their schools, the schools' calendars, and the version that every figure is counted at.

CREATE SEQUENCE trust_ids AS int;
CREATE SEQUENCE school_ids AS int;

CREATE TABLE trust (
    trust_id   int PRIMARY KEY DEFAULT nextval('trust_ids'),
    name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL
);

CREATE TABLE school (
    trust_id   int NOT NULL REFERENCES trust,
    school_id  int NOT NULL DEFAULT nextval('school_ids'),
    urn        text NOT NULL CHECK (urn ~ '^[0-9]{6}$'),
    name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    phase      text NOT NULL CHECK (phase IN ('primary', 'secondary', 'special', 'all_through', 'alternative_provision')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    PRIMARY KEY (trust_id, school_id),
    CONSTRAINT school_urn UNIQUE (trust_id, urn)
);

-- One row a (school, academic year): bumped by every write that a figure is counted from.
-- Such a write locks its rows first, in the order of school and year, so that `at` never runs backwards.
CREATE TABLE school_version (
    trust_id  int NOT NULL,
    school_id int NOT NULL,
    year      smallint NOT NULL CHECK (year BETWEEN 1990 AND 2199),
    version   bigint NOT NULL,
    at        timestamptz NOT NULL,
    PRIMARY KEY (trust_id, school_id, year),
    FOREIGN KEY (trust_id, school_id) REFERENCES school
) WITH (fillfactor = 70);

-- Append-only: the row with the highest version is the calendar; earlier ones are what was known before.
CREATE TABLE school_calendar (
    trust_id    int NOT NULL,
    school_id   int NOT NULL,
    year        smallint NOT NULL CHECK (year BETWEEN 1990 AND 2199),
    version     bigint NOT NULL,
    body        jsonb NOT NULL,
    recorded_at timestamptz NOT NULL,
    recorded_by text NOT NULL,
    PRIMARY KEY (trust_id, school_id, year, version),
    FOREIGN KEY (trust_id, school_id) REFERENCES school
);

-- The answers to requests that carried an Idempotency-Key, kept in the transaction that did the work.
CREATE TABLE idempotency (
    trust_id    int NOT NULL,
    client      text NOT NULL,
    operation   text NOT NULL,
    key         text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    body_hash   bytea NOT NULL,
    status      smallint NOT NULL,
    location    text,
    body        jsonb NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (trust_id, client, operation, key)
);

-- The code table, for people with psql. Filled from domain/codes.toml by `rollcall migrate`.
CREATE TABLE code_period (
    number       smallint NOT NULL CHECK (number BETWEEN 1 AND 255),
    code         text NOT NULL,
    first_day    date NOT NULL,
    last_day     date NOT NULL,
    category     text NOT NULL,
    possible     boolean NOT NULL,
    absent       boolean NOT NULL,
    authorised   boolean NOT NULL,
    unauthorised boolean NOT NULL,
    late         boolean NOT NULL,
    approved     boolean NOT NULL,
    withdrawn    boolean NOT NULL,
    PRIMARY KEY (number, first_day)
);

ALTER TABLE trust ENABLE ROW LEVEL SECURITY;
ALTER TABLE trust FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON trust
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int);

ALTER TABLE school ENABLE ROW LEVEL SECURITY;
ALTER TABLE school FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON school
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(current_setting('app.schools', true), '')::int[]) END);

ALTER TABLE school_version ENABLE ROW LEVEL SECURITY;
ALTER TABLE school_version FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON school_version
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(current_setting('app.schools', true), '')::int[]) END);

ALTER TABLE school_calendar ENABLE ROW LEVEL SECURITY;
ALTER TABLE school_calendar FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON school_calendar
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(current_setting('app.schools', true), '')::int[]) END);

ALTER TABLE idempotency ENABLE ROW LEVEL SECURITY;
ALTER TABLE idempotency FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON idempotency
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int);

GRANT USAGE ON SEQUENCE trust_ids, school_ids TO rollcall_app;
GRANT SELECT, INSERT ON trust, school, school_calendar TO rollcall_app;
GRANT SELECT, INSERT, UPDATE ON school_version TO rollcall_app;
GRANT SELECT, INSERT ON idempotency TO rollcall_app;
GRANT SELECT ON code_period TO rollcall_app;
