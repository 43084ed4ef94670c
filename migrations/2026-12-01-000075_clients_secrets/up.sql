-- Clients, which get tokens with a secret of their own; and what no longer holds although its tokens have not ended.

CREATE SEQUENCE client_ids AS int;

-- `acts`: as itself, or for staff who have signed in. `school_ids`: the schools that it may reach, which is also what
-- row-level security reads; none for the whole trust. `audiences`: what it is called at the trust's identity providers. `last_used_at`, `last_used_from`: its last token, and from which
-- address it was asked for.
CREATE TABLE client (
    trust_id       int NOT NULL REFERENCES trust,
    client_id      int NOT NULL DEFAULT nextval('client_ids'),
    school_ids     int[] NOT NULL,
    name           text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    purpose        text NOT NULL CHECK (length(purpose) BETWEEN 1 AND 500),
    acts           text NOT NULL,
    role           text NOT NULL CHECK (length(role) BETWEEN 1 AND 50),
    audiences      text[] NOT NULL,
    expires_at     timestamptz NOT NULL,
    recorded_at    timestamptz NOT NULL CHECK (recorded_at < expires_at),
    recorded_by    text NOT NULL,
    revoked_at     timestamptz,
    revoked_by     text CHECK ((revoked_by IS NULL) = (revoked_at IS NULL)),
    last_used_at   timestamptz,
    last_used_from text,
    PRIMARY KEY (trust_id, client_id)
);

-- Append-only: a client's secrets by their number, kept as SHA-256 because they are random. The last one holds; the one
-- before it does until `before_until`, so that a secret is changed without a gap.
CREATE TABLE client_secret (
    trust_id     int NOT NULL,
    client_id    int NOT NULL,
    number       int NOT NULL CHECK (number > 0),
    school_ids   int[] NOT NULL,
    sha256       bytea NOT NULL CHECK (octet_length(sha256) = 32),
    before_until timestamptz NOT NULL,
    recorded_at  timestamptz NOT NULL,
    recorded_by  text NOT NULL,
    PRIMARY KEY (trust_id, client_id, number),
    FOREIGN KEY (trust_id, client_id) REFERENCES client
);

ALTER TABLE client ENABLE ROW LEVEL SECURITY;
ALTER TABLE client FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON client
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_ids && nullif(translate(current_setting('app.schools', true), '*', ''), '')::int[] END);

ALTER TABLE client_secret ENABLE ROW LEVEL SECURITY;
ALTER TABLE client_secret FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON client_secret
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_ids && nullif(translate(current_setting('app.schools', true), '*', ''), '')::int[] END);

GRANT USAGE ON SEQUENCE client_ids TO rollcall_app;
GRANT SELECT, INSERT ON client, client_secret TO rollcall_app;
GRANT UPDATE (revoked_at, revoked_by, last_used_at, last_used_from) ON client TO rollcall_app;

-- Outside the tenants, as every instance asks for all of them at once: ids only. `about`: a token's id, a client or a
-- member of staff. `until`: when the last token that rests on it has ended. `xact`: the transaction that wrote it, so
-- that who asks for what is new misses nothing that was not yet committed the time before.
CREATE TABLE revocation (
    revocation_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    trust_id      int NOT NULL,
    about         text NOT NULL CHECK (length(about) BETWEEN 1 AND 100),
    until         timestamptz NOT NULL,
    xact          bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint
);

CREATE INDEX revocation_new ON revocation (xact);
CREATE INDEX revocation_about ON revocation (trust_id, about);
CREATE INDEX revocation_over ON revocation (until);

GRANT SELECT, INSERT, DELETE ON revocation TO rollcall_app;

-- What the token of whoever asked for a job rested on; a job that nobody asked for rests on nothing.
ALTER TABLE job ADD COLUMN rests_on jsonb;
