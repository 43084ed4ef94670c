-- The tickets of prize draws: earned, taken back, entered. And the pools that are closed, after which nothing changes.

-- Append-only: of a pupil's ticket for a row of the policy and a period the row with the greatest `seq` holds. `draw`: what
-- is won, which is what a policy's draws are told apart by; `draw_period`: the period that it is held for. `reason`: why it
-- was taken back. `draw_id`: the draw that it was entered into.
CREATE TABLE ticket_event (
    trust_id    int NOT NULL,
    school_id   int NOT NULL,
    pupil_id    int NOT NULL,
    policy_row  text NOT NULL CHECK (length(policy_row) BETWEEN 1 AND 200),
    period      text NOT NULL CHECK (length(period) BETWEEN 1 AND 50),
    seq         int NOT NULL CHECK (seq > 0),
    state       text NOT NULL CHECK (state IN ('earned', 'taken back', 'entered')),
    draw        text NOT NULL,
    draw_period text NOT NULL,
    reason      text CHECK ((reason IS NOT NULL) = (state = 'taken back')),
    draw_id     int CHECK ((draw_id IS NOT NULL) = (state = 'entered')),
    source      text NOT NULL CHECK (source IN ('run', 'amendment', 'person')),
    recorded_at timestamptz NOT NULL,
    recorded_by text NOT NULL,
    PRIMARY KEY (trust_id, school_id, pupil_id, policy_row, period, seq),
    FOREIGN KEY (trust_id, school_id) REFERENCES school,
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupil
);
CREATE INDEX ticket_event_by_pool ON ticket_event (trust_id, school_id, draw_period, draw);

-- Every ticket as it stands.
CREATE VIEW ticket WITH (security_invoker = true) AS
    SELECT DISTINCT ON (trust_id, school_id, pupil_id, policy_row, period) *
    FROM ticket_event ORDER BY trust_id, school_id, pupil_id, policy_row, period, seq DESC;

-- Append-only: a pool to which nothing is added and from which nothing is taken any more.
CREATE TABLE ticket_pool_closed (
    trust_id    int NOT NULL,
    school_id   int NOT NULL,
    draw        text NOT NULL,
    draw_period text NOT NULL,
    closed_at   timestamptz NOT NULL,
    closed_by   text NOT NULL,
    PRIMARY KEY (trust_id, school_id, draw, draw_period),
    FOREIGN KEY (trust_id, school_id) REFERENCES school
);

ALTER TABLE ticket_event ENABLE ROW LEVEL SECURITY;
ALTER TABLE ticket_event FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON ticket_event
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(translate(current_setting('app.schools', true), '*', ''), '')::int[]) END);

ALTER TABLE ticket_pool_closed ENABLE ROW LEVEL SECURITY;
ALTER TABLE ticket_pool_closed FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON ticket_pool_closed
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(translate(current_setting('app.schools', true), '*', ''), '')::int[]) END);

GRANT SELECT, INSERT ON ticket_event, ticket_pool_closed TO rollcall_app;
GRANT SELECT ON ticket TO rollcall_app;
