-- What a court has ordered is released to the school that a child goes to by the safeguarding lead of the school before.
-- Append-only. `school_ids`: the school that released it and the one that it was released to.
CREATE TABLE order_release (
    trust_id    int NOT NULL,
    pupil_id    int NOT NULL,
    to_school   int NOT NULL,
    released_at timestamptz NOT NULL,
    released_by text NOT NULL,
    school_ids  int[] NOT NULL,
    PRIMARY KEY (trust_id, pupil_id, to_school, released_at),
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupil,
    FOREIGN KEY (trust_id, to_school) REFERENCES school
);

ALTER TABLE order_release ENABLE ROW LEVEL SECURITY;
ALTER TABLE order_release FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON order_release
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_ids && nullif(translate(current_setting('app.schools', true), '*', ''), '')::int[] END);

GRANT SELECT, INSERT ON order_release TO rollcall_app;
