ALTER TABLE evidence DROP COLUMN pupil_id;
DROP TABLE action_pupil;
ALTER TABLE action DROP COLUMN class_id, DROP COLUMN lapsed_by;
