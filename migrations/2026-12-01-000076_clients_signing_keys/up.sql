-- The keys that sign the tokens of clients: one place for all processes of a service, each sealed in the envelope.

-- Outside the tenants, as a key signs for all of them. A key stays; what it is sealed under changes with the operator's.
CREATE TABLE signing_key (
    number  int PRIMARY KEY CHECK (number > 0),
    sealed  bytea NOT NULL,
    made_at timestamptz NOT NULL
);

GRANT SELECT, INSERT, UPDATE (sealed) ON signing_key TO rollcall_app;
