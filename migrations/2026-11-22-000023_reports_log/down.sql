DROP INDEX contact_attempt_by_instant;
DROP INDEX evidence_by_instant;
DROP INDEX case_event_by_instant;
