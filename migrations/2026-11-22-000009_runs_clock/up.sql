-- The clockwork: what ran by itself and what came of each item; the school's time zone; the clock of a sandbox.

-- Whether the trust may move its own clock. Said when it is added, and never changed.
ALTER TABLE trust ADD COLUMN sandbox boolean NOT NULL DEFAULT false;

-- A name of the IANA time zone database: when the school's day begins and ends.
ALTER TABLE school ADD COLUMN time_zone text NOT NULL DEFAULT 'Europe/London'
    CHECK (length(time_zone) BETWEEN 1 AND 64);

-- How many microseconds a sandbox's clock is ahead. Append-only: the largest holds, so that it never runs backwards.
CREATE TABLE trust_clock (
    trust_id    int NOT NULL REFERENCES trust,
    ahead       bigint NOT NULL CHECK (ahead >= 0),
    recorded_at timestamptz NOT NULL,
    recorded_by text NOT NULL,
    PRIMARY KEY (trust_id, ahead)
);

-- Append-only: something that fell due, once a (school, kind, period) and attempt. How far it is says its job, which has
-- the same number. School 0 is the whole trust.
CREATE TABLE run (
    trust_id   int NOT NULL,
    school_id  int NOT NULL CHECK (school_id >= 0),
    run_id     bigint NOT NULL,
    kind       text NOT NULL,
    period     text NOT NULL CHECK (length(period) BETWEEN 1 AND 100),
    attempt    int NOT NULL CHECK (attempt >= 1),
    from_day   date NOT NULL,
    to_day     date NOT NULL,
    due        timestamptz NOT NULL,
    -- When the clockwork saw that it was due. Long after `due`: nothing was running then.
    noticed_at timestamptz NOT NULL,
    PRIMARY KEY (trust_id, run_id),
    UNIQUE (trust_id, school_id, kind, period, attempt),
    FOREIGN KEY (trust_id, run_id) REFERENCES job
);

-- Append-only: what one item of a run came to. Each is written in a transaction of its own, which checks the lease, and
-- can stand once, whichever attempt did it.
CREATE TABLE run_item (
    trust_id    int NOT NULL,
    school_id   int NOT NULL CHECK (school_id >= 0),
    kind        text NOT NULL,
    period      text NOT NULL,
    item        text NOT NULL CHECK (length(item) BETWEEN 1 AND 100),
    run_id      bigint NOT NULL,
    result      jsonb NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (trust_id, school_id, kind, period, item),
    FOREIGN KEY (trust_id, run_id) REFERENCES run
);

ALTER TABLE trust_clock ENABLE ROW LEVEL SECURITY;
ALTER TABLE trust_clock FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON trust_clock
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int);

ALTER TABLE run ENABLE ROW LEVEL SECURITY;
ALTER TABLE run FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON run
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(current_setting('app.schools', true), '')::int[]) END);

ALTER TABLE run_item ENABLE ROW LEVEL SECURITY;
ALTER TABLE run_item FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON run_item
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(current_setting('app.schools', true), '')::int[]) END);

GRANT SELECT, INSERT ON trust_clock, run, run_item TO rollcall_app;
