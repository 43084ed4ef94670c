DROP TABLE letter_copy;
DROP TABLE letter_decision;
DROP TABLE action_event;
ALTER TABLE action DROP COLUMN staff_id;
ALTER TABLE case_state DROP COLUMN target_to;
