-- Codes that leave a pupil's sessions out of rewards on some days. Why is confidential.

CREATE SEQUENCE adjustment_ids AS int;

-- Append-only: of an adjustment the row with the greatest `seq` holds; one that was ended has `to_day` before the day.
CREATE TABLE reward_adjustment (
    trust_id      int NOT NULL,
    school_id     int NOT NULL,
    adjustment_id int NOT NULL DEFAULT nextval('adjustment_ids'),
    seq           int NOT NULL CHECK (seq > 0),
    pupil_id      int NOT NULL,
    codes         text[] NOT NULL CHECK (cardinality(codes) > 0),
    from_day      date NOT NULL,
    to_day        date CHECK (to_day >= from_day - 1),
    reason        text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    recorded_at   timestamptz NOT NULL,
    recorded_by   text NOT NULL,
    PRIMARY KEY (trust_id, school_id, adjustment_id, seq),
    FOREIGN KEY (trust_id, school_id) REFERENCES school,
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupil
);
CREATE INDEX reward_adjustment_by_pupil ON reward_adjustment (trust_id, pupil_id);

ALTER TABLE reward_adjustment ENABLE ROW LEVEL SECURITY;
ALTER TABLE reward_adjustment FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON reward_adjustment
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_id = ANY (nullif(translate(current_setting('app.schools', true), '*', ''), '')::int[]) END);

GRANT SELECT, INSERT ON reward_adjustment TO rollcall_app;
GRANT USAGE ON SEQUENCE adjustment_ids TO rollcall_app;
