DROP INDEX review_item_by_pupil;
DROP INDEX action_by_case;
DROP INDEX action_open;
CREATE INDEX action_open ON action (trust_id, school_id, due) WHERE done_at IS NULL;
ALTER TABLE action DROP COLUMN overtaken_at;
DROP INDEX letter_by_pupil;
ALTER TABLE letter DROP CONSTRAINT letter_sent, DROP CONSTRAINT letter_review, DROP COLUMN review_id, DROP COLUMN sent_on,
    DROP COLUMN sent_by, DROP COLUMN sent_how, DROP COLUMN unsupported_at;
ALTER TABLE case_event DROP CONSTRAINT case_event_review, DROP COLUMN review_id;
