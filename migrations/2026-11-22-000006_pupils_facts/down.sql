REVOKE UPDATE (pupil_id) ON enrolment FROM rollcall_app;
REVOKE UPDATE (upn, surname, forename, name_key, given_key, birth_date, sex, merged_into) ON pupil FROM rollcall_app;
DROP TABLE class_year_change;
DROP TABLE enrolment_pupil;
DROP TABLE pupil_change;
DROP TABLE characteristic;
ALTER TABLE pupil DROP COLUMN merged_into;
