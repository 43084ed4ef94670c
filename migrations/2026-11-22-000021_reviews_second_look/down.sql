DROP INDEX case_record_carried;
ALTER TABLE case_record DROP COLUMN carried_from;
DROP TABLE second_look;
