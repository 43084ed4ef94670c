-- Policies: every version that a trust has used or written, and which school follows which one from when.

-- Append-only. A built-in policy is copied here when a school is given it, so that a case keeps the text under which it
-- was opened, whatever a later release ships.
CREATE TABLE policy_version (
    trust_id    int NOT NULL REFERENCES trust,
    policy      text NOT NULL CHECK (policy ~ '^[a-z0-9][a-z0-9-]{0,59}$'),
    version     int NOT NULL CHECK (version > 0),
    name        text NOT NULL,
    built_in    boolean NOT NULL,
    body        jsonb NOT NULL,
    sha256      bytea NOT NULL,
    recorded_at timestamptz NOT NULL,
    recorded_by text NOT NULL,
    PRIMARY KEY (trust_id, policy, version)
);

-- Append-only: from `from_day` on the school follows this one; of two rows for a day the later record holds.
-- `part`: a school pairs one policy's pathway with one policy's rewards. `answers`: its answers to the settings.
CREATE TABLE school_policy (
    trust_id    int NOT NULL,
    school_id   int NOT NULL,
    part        text NOT NULL CHECK (part IN ('pathway', 'rewards')),
    from_day    date NOT NULL,
    policy      text NOT NULL,
    version     int NOT NULL,
    answers     jsonb NOT NULL,
    recorded_at timestamptz NOT NULL,
    recorded_by text NOT NULL,
    PRIMARY KEY (trust_id, school_id, part, from_day, recorded_at),
    FOREIGN KEY (trust_id, school_id) REFERENCES school,
    FOREIGN KEY (trust_id, policy, version) REFERENCES policy_version
);

ALTER TABLE policy_version ENABLE ROW LEVEL SECURITY;
ALTER TABLE policy_version FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON policy_version
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int);

ALTER TABLE school_policy ENABLE ROW LEVEL SECURITY;
ALTER TABLE school_policy FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON school_policy
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(current_setting('app.schools', true), '')::int[]) END);

GRANT SELECT, INSERT ON policy_version, school_policy TO rollcall_app;
