-- Files of classes, of parents and of what was done before a school came here; and which import recorded what.

ALTER TABLE import DROP CONSTRAINT import_kind_check;
ALTER TABLE import ADD CONSTRAINT import_kind_check CHECK (kind IN (
    'pupils', 'marks', 'classes', 'parents', 'cases', 'schools', 'groups', 'links'));

-- `job_id`: the import that recorded it; NULL when a person did. `taken_back`: the pair should never have been.
ALTER TABLE pupil_parent ADD COLUMN taken_back boolean NOT NULL DEFAULT false;
ALTER TABLE pupil_parent ADD COLUMN job_id bigint;
ALTER TABLE parent_safeguard ADD COLUMN job_id bigint;
ALTER TABLE parent_change ADD COLUMN job_id bigint;
ALTER TABLE case_event ADD COLUMN job_id bigint;
ALTER TABLE letter ADD COLUMN job_id bigint;
CREATE INDEX pupil_parent_by_job ON pupil_parent (trust_id, job_id) WHERE job_id IS NOT NULL;
CREATE INDEX parent_safeguard_by_job ON parent_safeguard (trust_id, job_id) WHERE job_id IS NOT NULL;
CREATE INDEX parent_change_by_job ON parent_change (trust_id, job_id) WHERE job_id IS NOT NULL;
CREATE INDEX case_event_by_job ON case_event (trust_id, job_id) WHERE job_id IS NOT NULL;
CREATE INDEX letter_by_job ON letter (trust_id, job_id) WHERE job_id IS NOT NULL;
