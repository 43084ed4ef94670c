DROP TABLE search_decision;
DROP SEQUENCE search_decision_ids;
ALTER TABLE contact_attempt DROP COLUMN professional, DROP COLUMN number, DROP COLUMN accounts_for;
DROP TABLE school_contact_times;
ALTER TABLE pupil_parent DROP CONSTRAINT pupil_parent_relationship_check,
    ADD CONSTRAINT pupil_parent_relationship_check CHECK (relationship IN ('mother', 'father', 'step_parent', 'grandparent',
        'foster_carer', 'guardian', 'relative', 'social_worker', 'virtual_school', 'other'));
