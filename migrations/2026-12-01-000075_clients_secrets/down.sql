ALTER TABLE job DROP COLUMN rests_on;
DROP TABLE revocation;
DROP TABLE client_secret;
DROP TABLE client;
DROP SEQUENCE client_ids;
