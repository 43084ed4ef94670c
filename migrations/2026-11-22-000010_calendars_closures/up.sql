-- Unplanned closures: which sessions a school could not hold though they were due, why, and how many marks that gave.

CREATE SEQUENCE closure_ids AS int;

-- Append-only. The marks themselves are written as amendments, with the same version; the calendar stays as it is.
CREATE TABLE unplanned_closure (
    trust_id    int NOT NULL,
    school_id   int NOT NULL,
    closure_id  int NOT NULL DEFAULT nextval('closure_ids'),
    year        smallint NOT NULL CHECK (year BETWEEN 1990 AND 2199),
    version     bigint NOT NULL,
    from_day    date NOT NULL,
    to_day      date NOT NULL CHECK (to_day >= from_day),
    session     smallint CHECK (session IN (0, 1)),
    year_groups smallint[] CHECK (cardinality(year_groups) > 0),
    code        text NOT NULL,
    reason      text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    marks       int NOT NULL CHECK (marks > 0),
    recorded_at timestamptz NOT NULL,
    recorded_by text NOT NULL,
    PRIMARY KEY (trust_id, school_id, closure_id),
    FOREIGN KEY (trust_id, school_id) REFERENCES school
);

ALTER TABLE unplanned_closure ENABLE ROW LEVEL SECURITY;
ALTER TABLE unplanned_closure FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON unplanned_closure
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(current_setting('app.schools', true), '')::int[]) END);

GRANT USAGE ON SEQUENCE closure_ids TO rollcall_app;
GRANT SELECT, INSERT ON unplanned_closure TO rollcall_app;
