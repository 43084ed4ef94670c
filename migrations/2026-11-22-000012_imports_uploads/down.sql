DROP TABLE upload_part;
DROP TABLE upload;
DROP SEQUENCE upload_ids;
