-- Work that goes on after the answer. The queue lies outside the tenants and holds ids only: a worker that has not yet
-- a tenant must be able to find what is due. What the work is about, and how far it is, is the tenant's.

CREATE TABLE job_queue (
    job_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    trust_id    int NOT NULL,
    kind        text NOT NULL,
    due         timestamptz NOT NULL,
    attempt     int NOT NULL DEFAULT 0,
    lease_until timestamptz,
    -- Rises with every lease. Whoever holds an older number may not write any more.
    fence       bigint NOT NULL DEFAULT 0
);
CREATE INDEX job_queue_due ON job_queue (due);

CREATE TABLE job (
    trust_id     int NOT NULL REFERENCES trust,
    job_id       bigint NOT NULL,
    school_id    int,
    kind         text NOT NULL,
    state        text NOT NULL CHECK (state IN ('queued', 'running', 'done', 'refused', 'failed')),
    stage        text NOT NULL,
    done         bigint NOT NULL DEFAULT 0,
    total        bigint NOT NULL DEFAULT 0,
    attempt      int NOT NULL DEFAULT 0,
    fence        bigint NOT NULL DEFAULT 0,
    schools      text NOT NULL,
    requested_by text NOT NULL,
    role         text NOT NULL,
    requested_at timestamptz NOT NULL,
    started_at   timestamptz,
    finished_at  timestamptz,
    PRIMARY KEY (trust_id, job_id),
    FOREIGN KEY (trust_id, school_id) REFERENCES school
) WITH (fillfactor = 70);

ALTER TABLE job ENABLE ROW LEVEL SECURITY;
ALTER TABLE job FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON job
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(current_setting('app.schools', true), '')::int[]) END);

GRANT SELECT, INSERT, UPDATE, DELETE ON job_queue TO rollcall_app;
GRANT SELECT, INSERT, UPDATE ON job TO rollcall_app;
