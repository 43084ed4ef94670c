-- What the clockwork does for reviews, cases and actions; who does an action; and letters as each parent is to read them.

-- The last day of the running target, as the case's events say: the clockwork looks at the case when it is over.
ALTER TABLE case_state ADD COLUMN target_to date;

-- Who is to do it, where a person and not only a role is named.
ALTER TABLE action ADD COLUMN staff_id int;
ALTER TABLE action ADD FOREIGN KEY (trust_id, staff_id) REFERENCES staff;

-- Append-only: what became of an action by itself (`due`, `breached`: once each) and to whom it was given.
CREATE TABLE action_event (
    trust_id    int NOT NULL,
    school_id   int NOT NULL,
    action_id   int NOT NULL,
    seq         int NOT NULL,
    what        text NOT NULL CHECK (what IN ('due', 'breached', 'reassigned')),
    on_day      date NOT NULL,
    staff_id    int,
    role        text CHECK (length(role) BETWEEN 1 AND 100),
    reason      text CHECK (length(reason) BETWEEN 1 AND 2000),
    recorded_at timestamptz NOT NULL,
    recorded_by text NOT NULL,
    PRIMARY KEY (trust_id, action_id, seq),
    FOREIGN KEY (trust_id, action_id) REFERENCES action,
    FOREIGN KEY (trust_id, staff_id) REFERENCES staff,
    CHECK ((what = 'reassigned') = (reason IS NOT NULL))
);
CREATE UNIQUE INDEX action_event_once ON action_event (trust_id, action_id, what) WHERE what <> 'reassigned';

-- Append-only: what a person decided about a letter that was held.
CREATE TABLE letter_decision (
    trust_id    int NOT NULL,
    school_id   int NOT NULL,
    letter_id   int NOT NULL,
    seq         int NOT NULL,
    decided     text NOT NULL CHECK (decided IN ('release', 'withdraw')),
    reason      text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
    recorded_at timestamptz NOT NULL,
    recorded_by text NOT NULL,
    PRIMARY KEY (trust_id, letter_id, seq),
    FOREIGN KEY (trust_id, letter_id) REFERENCES letter
);

-- Append-only: a letter as one parent is to read it, or why this parent gets none. Written when the letter is decided on;
-- a letter that was held and is released is written anew (`round`), and the latest round holds.
CREATE TABLE letter_copy (
    trust_id    int NOT NULL,
    school_id   int NOT NULL,
    letter_id   int NOT NULL,
    round       int NOT NULL,
    place       int NOT NULL,
    parent_id   int,
    addressed   text NOT NULL,
    subject     text,
    body        text,
    why_not     text,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (trust_id, letter_id, round, place),
    FOREIGN KEY (trust_id, letter_id) REFERENCES letter,
    FOREIGN KEY (trust_id, parent_id) REFERENCES parent,
    CHECK ((body IS NULL) = (why_not IS NOT NULL) AND (body IS NULL) = (subject IS NULL))
);

ALTER TABLE action_event ENABLE ROW LEVEL SECURITY;
ALTER TABLE action_event FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON action_event
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(current_setting('app.schools', true), '')::int[]) END);

ALTER TABLE letter_decision ENABLE ROW LEVEL SECURITY;
ALTER TABLE letter_decision FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON letter_decision
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(current_setting('app.schools', true), '')::int[]) END);

ALTER TABLE letter_copy ENABLE ROW LEVEL SECURITY;
ALTER TABLE letter_copy FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON letter_copy
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(current_setting('app.schools', true), '')::int[]) END);

GRANT SELECT, INSERT ON action_event, letter_decision, letter_copy TO rollcall_app;
