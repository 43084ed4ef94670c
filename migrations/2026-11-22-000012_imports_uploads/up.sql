-- Large files come in parts, to any instance: kept here until an import takes them.

CREATE SEQUENCE upload_ids AS bigint;

-- `touched_at`: an upload that nobody touches for two days is let go when another begins.
CREATE TABLE upload (
    trust_id   int NOT NULL REFERENCES trust,
    upload_id  bigint NOT NULL DEFAULT nextval('upload_ids'),
    school_id  int,
    begun_at   timestamptz NOT NULL,
    begun_by   text NOT NULL,
    touched_at timestamptz NOT NULL,
    PRIMARY KEY (trust_id, upload_id),
    FOREIGN KEY (trust_id, school_id) REFERENCES school
);

CREATE TABLE upload_part (
    trust_id  int NOT NULL,
    upload_id bigint NOT NULL,
    part      int NOT NULL CHECK (part BETWEEN 1 AND 10000),
    school_id int,
    bytes     int NOT NULL,
    sha256    bytea NOT NULL,
    body      bytea NOT NULL,
    PRIMARY KEY (trust_id, upload_id, part),
    FOREIGN KEY (trust_id, upload_id) REFERENCES upload
);

ALTER TABLE upload ENABLE ROW LEVEL SECURITY;
ALTER TABLE upload FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON upload
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(current_setting('app.schools', true), '')::int[]) END);

ALTER TABLE upload_part ENABLE ROW LEVEL SECURITY;
ALTER TABLE upload_part FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON upload_part
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(current_setting('app.schools', true), '')::int[]) END);

GRANT USAGE ON SEQUENCE upload_ids TO rollcall_app;
GRANT SELECT, INSERT, DELETE ON upload, upload_part TO rollcall_app;
GRANT UPDATE (touched_at) ON upload TO rollcall_app;
GRANT UPDATE (bytes, sha256, body) ON upload_part TO rollcall_app;
