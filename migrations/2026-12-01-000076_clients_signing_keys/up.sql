-- The keys that sign the tokens of clients: one place for all processes of a service, each sealed in the envelope.

-- Append-only, and outside the tenants, as a key signs for all of them.
CREATE TABLE signing_key (
    number  int PRIMARY KEY CHECK (number > 0),
    sealed  bytea NOT NULL,
    made_at timestamptz NOT NULL
);

GRANT SELECT, INSERT ON signing_key TO rollcall_app;
