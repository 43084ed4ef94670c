-- Staff sign in at their trust's own identity provider: which that is, who is who there, and which of its tokens were used.

-- Append-only: the trust's identity providers, all of them with each version; the greatest stands.
CREATE TABLE identity_providers (
    trust_id    int NOT NULL REFERENCES trust,
    version     int NOT NULL CHECK (version > 0),
    body        jsonb NOT NULL,
    recorded_at timestamptz NOT NULL,
    recorded_by text NOT NULL,
    PRIMARY KEY (trust_id, version)
);

-- Append-only: as whom a member of staff signs in. `person`: what the provider calls them. Of several rows about a person
-- the last holds; NULL takes back what stood there.
CREATE TABLE staff_identity (
    trust_id    int NOT NULL,
    issuer      text NOT NULL CHECK (length(issuer) BETWEEN 1 AND 300),
    person      text NOT NULL CHECK (length(person) BETWEEN 1 AND 200),
    recorded_at timestamptz NOT NULL,
    staff_id    int,
    recorded_by text NOT NULL,
    PRIMARY KEY (trust_id, issuer, person, recorded_at),
    FOREIGN KEY (trust_id, staff_id) REFERENCES staff
);

-- The ID tokens that were exchanged, as hashes: each is used once. Deleted when it has ended anyway.
CREATE TABLE used_id_token (
    trust_id int NOT NULL REFERENCES trust,
    sha256   bytea NOT NULL CHECK (octet_length(sha256) = 32),
    until    timestamptz NOT NULL,
    PRIMARY KEY (trust_id, sha256)
);

ALTER TABLE identity_providers ENABLE ROW LEVEL SECURITY;
ALTER TABLE identity_providers FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON identity_providers
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int);

ALTER TABLE staff_identity ENABLE ROW LEVEL SECURITY;
ALTER TABLE staff_identity FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON staff_identity
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int);

ALTER TABLE used_id_token ENABLE ROW LEVEL SECURITY;
ALTER TABLE used_id_token FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON used_id_token
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int);

GRANT SELECT, INSERT ON identity_providers, staff_identity, used_id_token TO rollcall_app;
GRANT DELETE ON used_id_token TO rollcall_app;
