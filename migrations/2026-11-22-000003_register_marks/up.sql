-- The register: what every pupil's marks are now, who took which register, and every change that was ever made.

-- One row an enrolment and academic year. Byte 2 * (days since the Monday on or before 1 August) + (0 a.m., 1 p.m.)
-- is the number of a code, 0 = no mark. Always 744 bytes: `overlay` past a shorter end would append in the wrong place.
-- `version` is not indexed and pages keep room, so that an update of a register stays on its page.
CREATE TABLE register_year (
    trust_id     int NOT NULL,
    year         smallint NOT NULL CHECK (year BETWEEN 1990 AND 2199),
    school_id    int NOT NULL,
    enrolment_id int NOT NULL,
    version      bigint NOT NULL,
    marks        bytea NOT NULL CHECK (length(marks) = 744),
    PRIMARY KEY (trust_id, year, school_id, enrolment_id),
    FOREIGN KEY (trust_id, enrolment_id) REFERENCES enrolment
) WITH (fillfactor = 85);

-- Which registers of a class were taken: the same half days, 0 = not taken, 1 = taken here, 2 = came by an import.
CREATE TABLE class_year (
    trust_id  int NOT NULL,
    year      smallint NOT NULL CHECK (year BETWEEN 1990 AND 2199),
    school_id int NOT NULL,
    class_id  int NOT NULL,
    version   bigint NOT NULL,
    taken     bytea NOT NULL CHECK (length(taken) = 744),
    PRIMARY KEY (trust_id, year, school_id, class_id),
    FOREIGN KEY (trust_id, class_id) REFERENCES class
) WITH (fillfactor = 85);

-- The header of a register taken here: when it was opened, taken and closed, and by whom.
CREATE TABLE register_session (
    trust_id  int NOT NULL,
    school_id int NOT NULL,
    class_id  int NOT NULL,
    date      date NOT NULL,
    session   smallint NOT NULL CHECK (session IN (0, 1)),
    opened_at timestamptz NOT NULL,
    opened_by text NOT NULL,
    taken_at  timestamptz NOT NULL,
    taken_by  text NOT NULL,
    closed_at timestamptz,
    closed_by text,
    version   bigint NOT NULL,
    PRIMARY KEY (trust_id, class_id, date, session),
    FOREIGN KEY (trust_id, class_id) REFERENCES class
);

-- Append-only: the amendment history that the law asks for (School Attendance (Pupil Registration) (England)
-- Regulations 2024), and the source of every "as known on". One row a write: a rectangle of enrolments x half days,
-- with the bytes before and after, enrolment by enrolment.
CREATE TABLE mark_event (
    trust_id       int NOT NULL,
    school_id      int NOT NULL,
    year           smallint NOT NULL,
    version        bigint NOT NULL,
    part           int NOT NULL,
    source         text NOT NULL CHECK (source IN ('register', 'amendment', 'import')),
    enrolment_ids  int[] NOT NULL CHECK (cardinality(enrolment_ids) > 0),
    first_half_day smallint NOT NULL CHECK (first_half_day BETWEEN 0 AND 743),
    half_days      smallint NOT NULL CHECK (half_days BETWEEN 1 AND 744),
    old            bytea NOT NULL,
    new            bytea NOT NULL,
    reason         text CHECK (length(reason) BETWEEN 1 AND 500),
    job_id         bigint,
    recorded_at    timestamptz NOT NULL,
    recorded_by    text NOT NULL,
    role           text NOT NULL,
    PRIMARY KEY (trust_id, school_id, year, version, part),
    FOREIGN KEY (trust_id, school_id) REFERENCES school,
    CHECK (length(old) = cardinality(enrolment_ids) * half_days AND length(new) = length(old)),
    CHECK (first_half_day + half_days <= 744),
    CHECK (source <> 'amendment' OR reason IS NOT NULL)
);

-- For people with psql: one row a mark, with what it counts as on its date.
CREATE VIEW mark WITH (security_invoker = true) AS
SELECT r.trust_id, r.school_id, r.year, r.enrolment_id, e.pupil_id, d.date,
       CASE i % 2 WHEN 0 THEN 'AM' ELSE 'PM' END AS session,
       c.code, c.category, c.possible, c.absent, c.authorised, c.unauthorised, c.late, c.approved
FROM register_year r
JOIN enrolment e ON e.trust_id = r.trust_id AND e.enrolment_id = r.enrolment_id
CROSS JOIN generate_series(0, 743) AS i
CROSS JOIN LATERAL (SELECT date_trunc('week', make_date(r.year, 8, 1))::date + i / 2 AS date) d
JOIN code_period c ON c.number = get_byte(r.marks, i) AND d.date BETWEEN c.first_day AND c.last_day;

ALTER TABLE register_year ENABLE ROW LEVEL SECURITY;
ALTER TABLE register_year FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON register_year
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(current_setting('app.schools', true), '')::int[]) END);

ALTER TABLE class_year ENABLE ROW LEVEL SECURITY;
ALTER TABLE class_year FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON class_year
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(current_setting('app.schools', true), '')::int[]) END);

ALTER TABLE register_session ENABLE ROW LEVEL SECURITY;
ALTER TABLE register_session FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON register_session
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(current_setting('app.schools', true), '')::int[]) END);

ALTER TABLE mark_event ENABLE ROW LEVEL SECURITY;
ALTER TABLE mark_event FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON mark_event
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(current_setting('app.schools', true), '')::int[]) END);

GRANT SELECT, INSERT, UPDATE ON register_year, class_year, register_session TO rollcall_app;
GRANT SELECT, INSERT ON mark_event TO rollcall_app;
GRANT SELECT ON mark TO rollcall_app;
