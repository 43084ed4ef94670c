-- Who considered the equality duty when a reward policy was adopted, with the fairness report that they saw.

CREATE SEQUENCE equality_ids AS int;

-- Append-only.
CREATE TABLE equality_record (
    trust_id       int NOT NULL,
    school_id      int NOT NULL,
    equality_id    int NOT NULL DEFAULT nextval('equality_ids'),
    policy         text NOT NULL,
    policy_version int,
    considered_by  text NOT NULL CHECK (length(considered_by) BETWEEN 1 AND 100),
    considered_on  date NOT NULL,
    note           text NOT NULL CHECK (length(note) BETWEEN 1 AND 2000),
    year           smallint NOT NULL,
    report         jsonb NOT NULL,
    recorded_at    timestamptz NOT NULL,
    recorded_by    text NOT NULL,
    PRIMARY KEY (trust_id, school_id, equality_id),
    FOREIGN KEY (trust_id, school_id) REFERENCES school
);

ALTER TABLE equality_record ENABLE ROW LEVEL SECURITY;
ALTER TABLE equality_record FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON equality_record
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(translate(current_setting('app.schools', true), '*', ''), '')::int[]) END);

GRANT SELECT, INSERT ON equality_record TO rollcall_app;
GRANT USAGE ON SEQUENCE equality_ids TO rollcall_app;
