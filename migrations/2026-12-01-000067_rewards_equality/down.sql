DROP TABLE equality_record;
DROP SEQUENCE equality_ids;
