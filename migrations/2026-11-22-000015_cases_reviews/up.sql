-- Reviews and what was decided at them; cases, event by event; what is to be done and sent because of them.

CREATE SEQUENCE review_ids AS int;
CREATE SEQUENCE case_ids AS int;
CREATE SEQUENCE letter_ids AS int;
CREATE SEQUENCE action_ids AS int;

-- A school's review of one day, under the policy that it follows that day, with the figures as known at `known_at`.
CREATE TABLE review (
    trust_id  int NOT NULL,
    school_id int NOT NULL,
    review_id int NOT NULL DEFAULT nextval('review_ids'),
    day       date NOT NULL,
    policy    text NOT NULL,
    version   int NOT NULL,
    known_at  timestamptz NOT NULL,
    opened_at timestamptz NOT NULL,
    opened_by text NOT NULL,
    PRIMARY KEY (trust_id, review_id),
    CONSTRAINT review_day UNIQUE (trust_id, school_id, day),
    FOREIGN KEY (trust_id, school_id) REFERENCES school,
    FOREIGN KEY (trust_id, policy, version) REFERENCES policy_version
);

-- What the policy proposes, with what is behind it; and what a person decided. `proposal` is the engine's own decision.
CREATE TABLE review_item (
    trust_id   int NOT NULL,
    school_id  int NOT NULL,
    review_id  int NOT NULL,
    item       int NOT NULL,
    pupil_id   int,
    rule       text NOT NULL,
    proposal   jsonb NOT NULL,
    state      text NOT NULL CHECK (state IN ('listed', 'proposed', 'sent', 'held', 'mitigated', 'otherwise', 'moved_on')),
    reason     text CHECK (length(reason) BETWEEN 1 AND 2000),
    decided_at timestamptz,
    decided_by text,
    PRIMARY KEY (trust_id, review_id, item),
    FOREIGN KEY (trust_id, review_id) REFERENCES review,
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupil,
    CHECK ((state IN ('listed', 'proposed')) = (decided_at IS NULL)),
    CHECK (state NOT IN ('held', 'mitigated', 'otherwise') OR reason IS NOT NULL)
) WITH (fillfactor = 85);
CREATE INDEX review_item_open ON review_item (trust_id, school_id, review_id) WHERE state = 'proposed';

-- Append-only: what teachers and others know of a pupil who is looked at.
CREATE TABLE feedback (
    trust_id    int NOT NULL,
    school_id   int NOT NULL,
    review_id   int NOT NULL,
    seq         int NOT NULL,
    pupil_id    int NOT NULL,
    says        text NOT NULL CHECK (length(says) BETWEEN 1 AND 2000),
    recorded_at timestamptz NOT NULL,
    recorded_by text NOT NULL,
    PRIMARY KEY (trust_id, review_id, seq),
    FOREIGN KEY (trust_id, review_id) REFERENCES review,
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupil
);

-- Where a case stands: what its events come to. It keeps the policy, the version and the school's answers under which it
-- was opened.
CREATE TABLE case_state (
    trust_id  int NOT NULL,
    school_id int NOT NULL,
    case_id   int NOT NULL DEFAULT nextval('case_ids'),
    pupil_id  int NOT NULL,
    policy    text NOT NULL,
    version   int NOT NULL,
    answers   jsonb NOT NULL,
    stage     text,
    since     date NOT NULL,
    steps     int NOT NULL,
    seq       int NOT NULL,
    opened_on date NOT NULL,
    PRIMARY KEY (trust_id, case_id),
    FOREIGN KEY (trust_id, school_id) REFERENCES school,
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupil,
    FOREIGN KEY (trust_id, policy, version) REFERENCES policy_version
) WITH (fillfactor = 85);
-- One open case a pupil and school.
CREATE UNIQUE INDEX case_state_open ON case_state (trust_id, school_id, pupil_id) WHERE stage IS NOT NULL;
CREATE INDEX case_state_by_pupil ON case_state (trust_id, pupil_id);

-- Append-only: what was recorded about a case. Events hold results, so that folding them never asks a policy again.
CREATE TABLE case_event (
    trust_id    int NOT NULL,
    school_id   int NOT NULL,
    case_id     int NOT NULL,
    seq         int NOT NULL,
    body        jsonb NOT NULL,
    because     text[] NOT NULL,
    recorded_at timestamptz NOT NULL,
    recorded_by text NOT NULL,
    role        text NOT NULL,
    PRIMARY KEY (trust_id, case_id, seq),
    FOREIGN KEY (trust_id, case_id) REFERENCES case_state
);

-- A letter that a person decided on: it waits to be sent, is held for a person, or was taken back. It is never deleted.
CREATE TABLE letter (
    trust_id   int NOT NULL,
    school_id  int NOT NULL,
    letter_id  int NOT NULL DEFAULT nextval('letter_ids'),
    pupil_id   int NOT NULL,
    case_id    int,
    step       int,
    name       text NOT NULL,
    rule       text NOT NULL,
    state      text NOT NULL CHECK (state IN ('waiting', 'held', 'sent', 'taken_back')),
    why        text,
    figure     jsonb NOT NULL,
    decided_on date NOT NULL,
    decided_by text NOT NULL,
    PRIMARY KEY (trust_id, letter_id),
    CONSTRAINT letter_once UNIQUE (trust_id, case_id, step, name),
    FOREIGN KEY (trust_id, school_id) REFERENCES school,
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupil,
    FOREIGN KEY (trust_id, case_id) REFERENCES case_state
) WITH (fillfactor = 85);

-- What somebody is to do by a day.
CREATE TABLE action (
    trust_id  int NOT NULL,
    school_id int NOT NULL,
    action_id int NOT NULL DEFAULT nextval('action_ids'),
    pupil_id  int,
    case_id   int,
    review_id int,
    rule      text NOT NULL,
    kind      text NOT NULL,
    says      text NOT NULL,
    role      text,
    opened_on date NOT NULL,
    due       date,
    done_at   timestamptz,
    PRIMARY KEY (trust_id, action_id),
    FOREIGN KEY (trust_id, school_id) REFERENCES school,
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupil,
    FOREIGN KEY (trust_id, case_id) REFERENCES case_state,
    FOREIGN KEY (trust_id, review_id) REFERENCES review
) WITH (fillfactor = 85);
CREATE INDEX action_open ON action (trust_id, school_id, due) WHERE done_at IS NULL;

-- Append-only: what was really done, each attempt too. An action is done by evidence and not by a tick.
CREATE TABLE evidence (
    trust_id    int NOT NULL,
    school_id   int NOT NULL,
    action_id   int NOT NULL,
    seq         int NOT NULL,
    says        text NOT NULL CHECK (length(says) BETWEEN 1 AND 2000),
    done        boolean NOT NULL,
    recorded_at timestamptz NOT NULL,
    recorded_by text NOT NULL,
    PRIMARY KEY (trust_id, action_id, seq),
    FOREIGN KEY (trust_id, action_id) REFERENCES action
);

-- Append-only: all letters about a pupil are stopped, or go on again. The latest row holds.
CREATE TABLE letter_stop (
    trust_id    int NOT NULL,
    pupil_id    int NOT NULL,
    school_ids  int[] NOT NULL,
    recorded_at timestamptz NOT NULL,
    stopped     boolean NOT NULL,
    reason      text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    recorded_by text NOT NULL,
    PRIMARY KEY (trust_id, pupil_id, recorded_at),
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupil
);

-- Append-only: a reason that a person has accepted; of two rows for a first day the later holds, `last_day` may come later.
CREATE TABLE mitigation (
    trust_id    int NOT NULL,
    school_id   int NOT NULL,
    pupil_id    int NOT NULL,
    first_day   date NOT NULL,
    last_day    date CHECK (last_day >= first_day),
    kind        text NOT NULL CHECK (length(kind) BETWEEN 1 AND 100),
    recorded_at timestamptz NOT NULL,
    recorded_by text NOT NULL,
    PRIMARY KEY (trust_id, school_id, pupil_id, first_day, recorded_at),
    FOREIGN KEY (trust_id, school_id) REFERENCES school,
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupil
);

ALTER TABLE review ENABLE ROW LEVEL SECURITY;
ALTER TABLE review FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON review
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(current_setting('app.schools', true), '')::int[]) END);

ALTER TABLE review_item ENABLE ROW LEVEL SECURITY;
ALTER TABLE review_item FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON review_item
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(current_setting('app.schools', true), '')::int[]) END);

ALTER TABLE feedback ENABLE ROW LEVEL SECURITY;
ALTER TABLE feedback FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON feedback
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(current_setting('app.schools', true), '')::int[]) END);

ALTER TABLE case_state ENABLE ROW LEVEL SECURITY;
ALTER TABLE case_state FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON case_state
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(current_setting('app.schools', true), '')::int[]) END);

ALTER TABLE case_event ENABLE ROW LEVEL SECURITY;
ALTER TABLE case_event FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON case_event
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(current_setting('app.schools', true), '')::int[]) END);

ALTER TABLE letter ENABLE ROW LEVEL SECURITY;
ALTER TABLE letter FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON letter
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(current_setting('app.schools', true), '')::int[]) END);

ALTER TABLE action ENABLE ROW LEVEL SECURITY;
ALTER TABLE action FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON action
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(current_setting('app.schools', true), '')::int[]) END);

ALTER TABLE evidence ENABLE ROW LEVEL SECURITY;
ALTER TABLE evidence FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON evidence
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(current_setting('app.schools', true), '')::int[]) END);

ALTER TABLE mitigation ENABLE ROW LEVEL SECURITY;
ALTER TABLE mitigation FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON mitigation
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(current_setting('app.schools', true), '')::int[]) END);

ALTER TABLE letter_stop ENABLE ROW LEVEL SECURITY;
ALTER TABLE letter_stop FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON letter_stop
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_ids && nullif(current_setting('app.schools', true), '')::int[] END);

GRANT USAGE ON SEQUENCE review_ids, case_ids, letter_ids, action_ids TO rollcall_app;
GRANT SELECT, INSERT ON review, feedback, case_event, evidence, letter_stop, mitigation TO rollcall_app;
GRANT SELECT, INSERT, UPDATE ON review_item, case_state, letter, action TO rollcall_app;
