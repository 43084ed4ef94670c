-- What a review asks to be done for several pupils is one action with a list of them; evidence may be about one of the list,
-- and what nobody did by the next review of its kind lapses.

-- `class_id`: the class that it is for. `lapsed_by`: the review that asked for the same again before it was done.
ALTER TABLE action ADD COLUMN class_id int, ADD COLUMN lapsed_by int,
    ADD CONSTRAINT action_class FOREIGN KEY (trust_id, class_id) REFERENCES class,
    ADD CONSTRAINT action_lapsed FOREIGN KEY (trust_id, lapsed_by) REFERENCES review;
CREATE INDEX action_lapsed ON action (trust_id, lapsed_by) WHERE lapsed_by IS NOT NULL;

-- The pupils of a list: each put there by a review, and done by evidence, or struck off because it no longer holds of them.
CREATE TABLE action_pupil (
    trust_id     int NOT NULL,
    school_id    int NOT NULL,
    action_id    int NOT NULL,
    pupil_id     int NOT NULL,
    review_id    int NOT NULL,
    done_at      timestamptz,
    overtaken_at timestamptz,
    PRIMARY KEY (trust_id, action_id, pupil_id),
    FOREIGN KEY (trust_id, school_id) REFERENCES school,
    FOREIGN KEY (trust_id, action_id) REFERENCES action,
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupil,
    FOREIGN KEY (trust_id, review_id) REFERENCES review
);
CREATE INDEX action_pupil_pupil ON action_pupil (trust_id, pupil_id);

ALTER TABLE action_pupil ENABLE ROW LEVEL SECURITY;
ALTER TABLE action_pupil FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON action_pupil
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(translate(current_setting('app.schools', true), '*', ''), '')::int[]) END);

GRANT SELECT, INSERT, UPDATE (review_id, done_at, overtaken_at) ON action_pupil TO rollcall_app;

-- `pupil_id`: the one pupil of a list whom it is about.
ALTER TABLE evidence ADD COLUMN pupil_id int,
    ADD CONSTRAINT evidence_pupil FOREIGN KEY (trust_id, pupil_id) REFERENCES pupil;
