ALTER TABLE letter_copy DROP COLUMN letterhead, DROP COLUMN dated, DROP COLUMN written_in, DROP COLUMN language, DROP COLUMN address;
ALTER TABLE letter DROP COLUMN lacks, DROP COLUMN fields, DROP COLUMN over;
DROP TABLE school_letterhead;
