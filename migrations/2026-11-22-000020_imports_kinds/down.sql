ALTER TABLE letter DROP COLUMN job_id;
ALTER TABLE case_event DROP COLUMN job_id;
ALTER TABLE parent_change DROP COLUMN job_id;
ALTER TABLE parent_safeguard DROP COLUMN job_id;
ALTER TABLE pupil_parent DROP COLUMN job_id;
ALTER TABLE pupil_parent DROP COLUMN taken_back;

ALTER TABLE import DROP CONSTRAINT import_kind_check;
ALTER TABLE import ADD CONSTRAINT import_kind_check CHECK (kind IN ('pupils', 'marks', 'schools', 'groups', 'links'));
