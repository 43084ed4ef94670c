-- A missing child: who may be rung beside the parents, by when what is done, what accounts for the child, and what the
-- safeguarding lead decided.

ALTER TABLE pupil_parent DROP CONSTRAINT pupil_parent_relationship_check,
    ADD CONSTRAINT pupil_parent_relationship_check CHECK (relationship IN ('mother', 'father', 'step_parent', 'grandparent',
        'foster_carer', 'guardian', 'relative', 'social_worker', 'virtual_school', 'other', 'emergency_contact',
        'childminder'));

-- Append-only: from `from_day` on the school has these times; of two rows for a day the later record holds. A school that
-- has said nothing has 09:30, 10:30, 12:00, 14:00 and the third day.
CREATE TABLE school_contact_times (
    trust_id     int NOT NULL,
    school_id    int NOT NULL,
    from_day     date NOT NULL,
    call_by      time NOT NULL,
    decide_by    time NOT NULL CHECK (decide_by >= call_by),
    visit_by     time NOT NULL CHECK (visit_by >= decide_by AND visit_by <= '12:00'),
    again_by     time NOT NULL CHECK (again_by > '12:00'),
    visit_on_day int NOT NULL CHECK (visit_on_day BETWEEN 1 AND 3),
    recorded_at  timestamptz NOT NULL,
    recorded_by  text NOT NULL,
    PRIMARY KEY (trust_id, school_id, from_day, recorded_at),
    FOREIGN KEY (trust_id, school_id) REFERENCES school
);

-- `accounts_for`: a responsible adult has accounted for the child, or the child was seen. `number`: the telephone number
-- that was tried. `professional`: what somebody is who is no parent.
ALTER TABLE contact_attempt
    ADD COLUMN accounts_for boolean NOT NULL DEFAULT false CHECK (reached OR NOT accounts_for),
    ADD COLUMN number text CHECK (length(number) BETWEEN 1 AND 40),
    ADD COLUMN professional text CHECK (professional IS NULL OR (whom IS NOT NULL AND professional IN ('social_worker',
        'virtual_school', 'early_help', 'police', 'health', 'school', 'other')));

CREATE SEQUENCE search_decision_ids AS int;

-- What the safeguarding lead decided about a child whom nobody had accounted for on a day.
CREATE TABLE search_decision (
    trust_id    int NOT NULL,
    school_id   int NOT NULL,
    decision_id int NOT NULL DEFAULT nextval('search_decision_ids'),
    pupil_id    int NOT NULL,
    day         date NOT NULL,
    decided     text NOT NULL CHECK (decided IN ('visit', 'police_welfare_check', 'social_care', 'keep_calling')),
    says        text NOT NULL CHECK (length(says) BETWEEN 1 AND 2000),
    decided_at  timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    recorded_by text NOT NULL,
    role        text NOT NULL,
    PRIMARY KEY (trust_id, decision_id),
    FOREIGN KEY (trust_id, school_id) REFERENCES school,
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupil
);
CREATE INDEX search_decision_by_day ON search_decision (trust_id, school_id, day);

ALTER TABLE school_contact_times ENABLE ROW LEVEL SECURITY;
ALTER TABLE school_contact_times FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON school_contact_times
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(translate(current_setting('app.schools', true), '*', ''), '')::int[]) END);

ALTER TABLE search_decision ENABLE ROW LEVEL SECURITY;
ALTER TABLE search_decision FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON search_decision
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(translate(current_setting('app.schools', true), '*', ''), '')::int[]) END);

GRANT USAGE ON SEQUENCE search_decision_ids TO rollcall_app;
GRANT SELECT, INSERT ON school_contact_times, search_decision TO rollcall_app;
