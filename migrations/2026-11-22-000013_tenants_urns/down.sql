ALTER TABLE import DROP CONSTRAINT import_kind_check;
ALTER TABLE import ADD CONSTRAINT import_kind_check CHECK (kind IN ('pupils', 'marks'));
REVOKE UPDATE (urn, name, phase) ON school FROM rollcall_app;
DROP TABLE former_urn;
