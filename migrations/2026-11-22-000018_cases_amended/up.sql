-- An amended mark changes the truth: what rested on it is found by the review that it came from, and says so.

-- The review that proposed the step.
ALTER TABLE case_event ADD COLUMN review_id int,
    ADD CONSTRAINT case_event_review FOREIGN KEY (trust_id, review_id) REFERENCES review;

-- The review that proposed the letter; when and how it was sent; since when the register does not support it any more.
ALTER TABLE letter ADD COLUMN review_id int,
    ADD COLUMN sent_on date,
    ADD COLUMN sent_by text,
    ADD COLUMN sent_how text CHECK (length(sent_how) BETWEEN 1 AND 200),
    ADD COLUMN unsupported_at timestamptz,
    ADD CONSTRAINT letter_review FOREIGN KEY (trust_id, review_id) REFERENCES review,
    ADD CONSTRAINT letter_sent CHECK (state <> 'sent' OR sent_on IS NOT NULL);
CREATE INDEX letter_by_pupil ON letter (trust_id, pupil_id);

-- What was to be done because of a step or a proposal that does not count any more.
ALTER TABLE action ADD COLUMN overtaken_at timestamptz;
DROP INDEX action_open;
CREATE INDEX action_open ON action (trust_id, school_id, due) WHERE done_at IS NULL AND overtaken_at IS NULL;
CREATE INDEX action_by_case ON action (trust_id, case_id);

CREATE INDEX review_item_by_pupil ON review_item (trust_id, pupil_id, review_id);
