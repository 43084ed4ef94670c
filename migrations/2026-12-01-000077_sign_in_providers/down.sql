DROP TABLE used_id_token;
DROP TABLE staff_identity;
DROP TABLE identity_providers;
