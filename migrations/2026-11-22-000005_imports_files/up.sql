-- Files that were sent in: what was asked, the bytes (so that any worker can reach them), and what came of it.

CREATE TABLE import (
    trust_id  int NOT NULL,
    job_id    bigint NOT NULL,
    school_id int,
    kind      text NOT NULL CHECK (kind IN ('pupils', 'marks')),
    file_name text CHECK (length(file_name) BETWEEN 1 AND 200),
    dry_run   boolean NOT NULL,
    bytes     bigint NOT NULL,
    sha256    bytea NOT NULL,
    result    jsonb,
    PRIMARY KEY (trust_id, job_id),
    FOREIGN KEY (trust_id, job_id) REFERENCES job,
    FOREIGN KEY (trust_id, school_id) REFERENCES school
);

CREATE TABLE import_chunk (
    trust_id  int NOT NULL,
    job_id    bigint NOT NULL,
    school_id int,
    seq       int NOT NULL,
    body      bytea NOT NULL,
    PRIMARY KEY (trust_id, job_id, seq),
    FOREIGN KEY (trust_id, job_id) REFERENCES import
);

ALTER TABLE import ENABLE ROW LEVEL SECURITY;
ALTER TABLE import FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON import
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(current_setting('app.schools', true), '')::int[]) END);

ALTER TABLE import_chunk ENABLE ROW LEVEL SECURITY;
ALTER TABLE import_chunk FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON import_chunk
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(current_setting('app.schools', true), '')::int[]) END);

GRANT SELECT, INSERT ON import TO rollcall_app;
GRANT UPDATE (result) ON import TO rollcall_app;
-- The bytes go once the import is finished: a file of pupils is not kept for longer than it is needed.
GRANT SELECT, INSERT, DELETE ON import_chunk TO rollcall_app;
