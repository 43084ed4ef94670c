-- Awards: certificates, trophies, stickers and what else a policy gives, each earned once, with all that becomes of it. And
-- which periods were judged, by which run, and what came of them.

CREATE SEQUENCE award_ids AS int;

-- Append-only: one row for a row of the policy, a period and a pupil or a class. `part`: which of the row's items.
CREATE TABLE award (
    trust_id       int NOT NULL,
    school_id      int NOT NULL,
    award_id       int NOT NULL DEFAULT nextval('award_ids'),
    policy         text NOT NULL,
    policy_version int NOT NULL,
    policy_row     text NOT NULL CHECK (length(policy_row) BETWEEN 1 AND 200),
    rule           text NOT NULL,
    part           smallint NOT NULL CHECK (part >= 0),
    period         text NOT NULL CHECK (length(period) BETWEEN 1 AND 50),
    from_day       date NOT NULL,
    to_day         date NOT NULL CHECK (to_day >= from_day),
    kind           text NOT NULL CHECK (kind IN
        ('certificate', 'bear', 'trophy', 'sticker', 'prize', 'note', 'letter', 'celebration', 'gift')),
    what           text NOT NULL,
    role           text,
    pupil_id       int,
    class_id       int,
    attended       int NOT NULL CHECK (attended >= 0),
    possible       int NOT NULL CHECK (possible >= attended),
    recorded_at    timestamptz NOT NULL,
    PRIMARY KEY (trust_id, school_id, award_id),
    FOREIGN KEY (trust_id, school_id) REFERENCES school,
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupil,
    FOREIGN KEY (trust_id, class_id) REFERENCES class,
    CHECK (pupil_id IS NOT NULL OR class_id IS NOT NULL)
);
CREATE UNIQUE INDEX award_of_pupil ON award (trust_id, pupil_id, policy_row, period, part, school_id) WHERE pupil_id IS NOT NULL;
CREATE UNIQUE INDEX award_of_class ON award (trust_id, class_id, policy_row, period, part) WHERE pupil_id IS NULL;
CREATE INDEX award_by_period ON award (trust_id, school_id, policy_row, period);

-- Append-only: of an award the row with the greatest `seq` holds. `why`: what holds it, or why it was withdrawn.
CREATE TABLE award_event (
    trust_id    int NOT NULL,
    school_id   int NOT NULL,
    award_id    int NOT NULL,
    seq         int NOT NULL CHECK (seq > 0),
    state       text NOT NULL CHECK (state IN ('earned', 'held', 'given', 'withdrawn')),
    why         text CHECK (why IS NOT NULL OR state NOT IN ('held', 'withdrawn')),
    given_on    date CHECK ((given_on IS NOT NULL) = (state = 'given')),
    in_doubt    boolean NOT NULL DEFAULT false CHECK (state = 'given' OR NOT in_doubt),
    letter_id   int,
    run_id      bigint,
    recorded_at timestamptz NOT NULL,
    recorded_by text NOT NULL,
    PRIMARY KEY (trust_id, school_id, award_id, seq),
    FOREIGN KEY (trust_id, school_id, award_id) REFERENCES award
);

-- Every award as it stands.
CREATE VIEW award_now WITH (security_invoker = true) AS
    SELECT a.*, e.seq, e.state, e.why, e.given_on, e.in_doubt, e.letter_id, e.recorded_at AS state_at, e.recorded_by AS state_by
    FROM award a
    JOIN (SELECT DISTINCT ON (trust_id, school_id, award_id) * FROM award_event
        ORDER BY trust_id, school_id, award_id, seq DESC) e
        ON e.trust_id = a.trust_id AND e.school_id = a.school_id AND e.award_id = a.award_id;

-- Append-only: a period of a row that a run has judged. `marks_version`: the version of the school's year that it counted.
CREATE TABLE reward_judged (
    trust_id      int NOT NULL,
    school_id     int NOT NULL,
    run_id        bigint NOT NULL,
    policy_row    text NOT NULL,
    period        text NOT NULL,
    year          smallint NOT NULL,
    from_day      date NOT NULL,
    to_day        date NOT NULL,
    cut_off       int NOT NULL CHECK (cut_off >= 0),
    earned        int NOT NULL CHECK (earned >= 0),
    held          int NOT NULL CHECK (held >= 0),
    marks_version bigint NOT NULL,
    recorded_at   timestamptz NOT NULL,
    PRIMARY KEY (trust_id, school_id, run_id, policy_row, period),
    FOREIGN KEY (trust_id, school_id) REFERENCES school
);

ALTER TABLE award ENABLE ROW LEVEL SECURITY;
ALTER TABLE award FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON award
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(translate(current_setting('app.schools', true), '*', ''), '')::int[]) END);

ALTER TABLE award_event ENABLE ROW LEVEL SECURITY;
ALTER TABLE award_event FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON award_event
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(translate(current_setting('app.schools', true), '*', ''), '')::int[]) END);

ALTER TABLE reward_judged ENABLE ROW LEVEL SECURITY;
ALTER TABLE reward_judged FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON reward_judged
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(translate(current_setting('app.schools', true), '*', ''), '')::int[]) END);

GRANT SELECT, INSERT ON award, award_event, reward_judged TO rollcall_app;
GRANT SELECT ON award_now TO rollcall_app;
GRANT USAGE ON SEQUENCE award_ids TO rollcall_app;
