ALTER TABLE pupil_change DROP CONSTRAINT pupil_change_field_check;
ALTER TABLE pupil_change ADD CONSTRAINT pupil_change_field_check
    CHECK (field IN ('upn', 'surname', 'forename', 'birth_date', 'sex'));
DROP INDEX pupil_merged;
DROP TABLE parent_safeguard;
DROP TABLE pupil_parent;
DROP TABLE parent_change;
DROP TABLE parent;
DROP SEQUENCE parent_ids;
