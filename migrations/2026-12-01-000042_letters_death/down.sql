ALTER TABLE letter_stop DROP COLUMN died;
