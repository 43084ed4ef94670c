DROP POLICY tenant ON pupil;
CREATE POLICY tenant ON pupil
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_ids && nullif(current_setting('app.schools', true), '')::int[] END);

DROP POLICY tenant ON parent;
CREATE POLICY tenant ON parent
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int
        AND CASE WHEN current_setting('app.schools', true) = '*' THEN true
            ELSE school_ids && nullif(current_setting('app.schools', true), '')::int[] END);

DROP POLICY tenant ON pupil_change;
CREATE POLICY tenant ON pupil_change
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int);

DROP POLICY tenant ON parent_change;
CREATE POLICY tenant ON parent_change
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int);

DROP POLICY tenant ON pupil_parent;
CREATE POLICY tenant ON pupil_parent
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int);

DROP POLICY tenant ON parent_safeguard;
CREATE POLICY tenant ON parent_safeguard
    USING (trust_id = nullif(current_setting('app.trust_id', true), '')::int);

REVOKE UPDATE (school_ids) ON pupil_change, parent_change, pupil_parent, parent_safeguard FROM rollcall_app;

ALTER TABLE parent_safeguard DROP COLUMN reason, DROP COLUMN school_ids;
ALTER TABLE pupil_parent DROP COLUMN school_ids;
ALTER TABLE parent_change DROP COLUMN since, DROP COLUMN school_ids;
ALTER TABLE pupil_change DROP COLUMN school_ids;
ALTER TABLE parent DROP COLUMN kept_by;
ALTER TABLE pupil DROP COLUMN kept_by;
