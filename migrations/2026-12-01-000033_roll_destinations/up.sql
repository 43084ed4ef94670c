-- Where a pupil who leaves a school goes, and how that was confirmed: until then the last school keeps the child's record.
-- Append-only: the latest row of an enrolment holds.
CREATE TABLE leaver_destination (
    trust_id     int NOT NULL,
    school_id    int NOT NULL,
    enrolment_id int NOT NULL,
    destination  text NOT NULL CHECK (destination IN
        ('another_school', 'abroad', 'after_school', 'home_education', 'unknown')),
    place        text CHECK (length(place) BETWEEN 1 AND 200),
    says         text NOT NULL CHECK (length(says) BETWEEN 1 AND 500),
    recorded_at  timestamptz NOT NULL,
    recorded_by  text NOT NULL,
    PRIMARY KEY (trust_id, school_id, enrolment_id, recorded_at),
    FOREIGN KEY (trust_id, enrolment_id) REFERENCES enrolment
);

ALTER TABLE leaver_destination ENABLE ROW LEVEL SECURITY;
ALTER TABLE leaver_destination FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON leaver_destination
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(translate(current_setting('app.schools', true), '*', ''), '')::int[]) END);

GRANT SELECT, INSERT ON leaver_destination TO rollcall_app;
