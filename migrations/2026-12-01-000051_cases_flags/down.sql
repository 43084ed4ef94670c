DROP INDEX case_state_flags;
ALTER TABLE case_state DROP COLUMN flags;
