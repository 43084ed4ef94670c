-- The day's contacts: what parents report and ask for, and every attempt to reach them. All of it is append-only.

CREATE SEQUENCE report_ids AS int;
CREATE SEQUENCE leave_ids AS int;
CREATE SEQUENCE attempt_ids AS int;

-- Somebody told the school that a pupil is or will be away, from one day to another. It changes no mark.
CREATE TABLE reported_absence (
    trust_id      int NOT NULL,
    school_id     int NOT NULL,
    report_id     int NOT NULL DEFAULT nextval('report_ids'),
    pupil_id      int NOT NULL,
    first_day     date NOT NULL,
    last_day      date NOT NULL CHECK (last_day >= first_day),
    reason        text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    reported_by   text NOT NULL CHECK (length(reported_by) BETWEEN 1 AND 100),
    expected_back date CHECK (expected_back > last_day),
    reported_at   timestamptz NOT NULL,
    recorded_at   timestamptz NOT NULL,
    recorded_by   text NOT NULL,
    role          text NOT NULL,
    PRIMARY KEY (trust_id, report_id),
    FOREIGN KEY (trust_id, school_id) REFERENCES school,
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupil
);
CREATE INDEX reported_absence_by_day ON reported_absence (trust_id, school_id, last_day);

-- A report that was a mistake, such as one about another child.
CREATE TABLE report_withdrawal (
    trust_id    int NOT NULL,
    school_id   int NOT NULL,
    report_id   int NOT NULL,
    reason      text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    recorded_at timestamptz NOT NULL,
    recorded_by text NOT NULL,
    PRIMARY KEY (trust_id, report_id),
    FOREIGN KEY (trust_id, report_id) REFERENCES reported_absence
);

-- Leave that a parent has asked for.
CREATE TABLE leave_request (
    trust_id     int NOT NULL,
    school_id    int NOT NULL,
    leave_id     int NOT NULL DEFAULT nextval('leave_ids'),
    pupil_id     int NOT NULL,
    first_day    date NOT NULL,
    last_day     date NOT NULL CHECK (last_day >= first_day),
    reason       text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    requested_by text NOT NULL CHECK (length(requested_by) BETWEEN 1 AND 100),
    requested_on date NOT NULL,
    recorded_at  timestamptz NOT NULL,
    recorded_by  text NOT NULL,
    PRIMARY KEY (trust_id, leave_id),
    FOREIGN KEY (trust_id, school_id) REFERENCES school,
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupil
);
CREATE INDEX leave_request_by_day ON leave_request (trust_id, school_id, last_day);

-- What became of it, once: granted under a code, or refused with a reason.
CREATE TABLE leave_decision (
    trust_id    int NOT NULL,
    school_id   int NOT NULL,
    leave_id    int NOT NULL,
    granted     boolean NOT NULL,
    code        text,
    reason      text CHECK (length(reason) BETWEEN 1 AND 500),
    recorded_at timestamptz NOT NULL,
    recorded_by text NOT NULL,
    role        text NOT NULL,
    PRIMARY KEY (trust_id, leave_id),
    FOREIGN KEY (trust_id, leave_id) REFERENCES leave_request,
    CHECK (granted = (code IS NOT NULL)),
    CHECK (granted OR reason IS NOT NULL)
);

-- An attempt to reach somebody about a pupil's absence on a day: a parent, or somebody else in words.
CREATE TABLE contact_attempt (
    trust_id      int NOT NULL,
    school_id     int NOT NULL,
    attempt_id    int NOT NULL DEFAULT nextval('attempt_ids'),
    pupil_id      int NOT NULL,
    day           date NOT NULL,
    parent_id     int,
    whom          text CHECK (length(whom) BETWEEN 1 AND 100),
    kind          text NOT NULL CHECK (kind IN ('call', 'text', 'email', 'message', 'talk', 'visit')),
    reached       boolean NOT NULL,
    says          text CHECK (length(says) BETWEEN 1 AND 2000),
    concern       boolean NOT NULL,
    no_call_until date CHECK (no_call_until > day),
    made_at       timestamptz NOT NULL,
    recorded_at   timestamptz NOT NULL,
    recorded_by   text NOT NULL,
    role          text NOT NULL,
    PRIMARY KEY (trust_id, attempt_id),
    FOREIGN KEY (trust_id, school_id) REFERENCES school,
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupil,
    FOREIGN KEY (trust_id, parent_id) REFERENCES parent,
    CHECK ((parent_id IS NULL) <> (whom IS NULL)),
    CHECK (reached OR no_call_until IS NULL)
);
CREATE INDEX contact_attempt_by_day ON contact_attempt (trust_id, school_id, day, pupil_id);

ALTER TABLE reported_absence ENABLE ROW LEVEL SECURITY;
ALTER TABLE reported_absence FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON reported_absence
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(current_setting('app.schools', true), '')::int[]) END);

ALTER TABLE report_withdrawal ENABLE ROW LEVEL SECURITY;
ALTER TABLE report_withdrawal FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON report_withdrawal
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(current_setting('app.schools', true), '')::int[]) END);

ALTER TABLE leave_request ENABLE ROW LEVEL SECURITY;
ALTER TABLE leave_request FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON leave_request
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(current_setting('app.schools', true), '')::int[]) END);

ALTER TABLE leave_decision ENABLE ROW LEVEL SECURITY;
ALTER TABLE leave_decision FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON leave_decision
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(current_setting('app.schools', true), '')::int[]) END);

ALTER TABLE contact_attempt ENABLE ROW LEVEL SECURITY;
ALTER TABLE contact_attempt FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON contact_attempt
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(current_setting('app.schools', true), '')::int[]) END);

GRANT USAGE ON SEQUENCE report_ids, leave_ids, attempt_ids TO rollcall_app;
GRANT SELECT, INSERT ON reported_absence, report_withdrawal, leave_request, leave_decision, contact_attempt
    TO rollcall_app;
