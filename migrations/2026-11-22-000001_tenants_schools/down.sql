DROP TABLE code_period;
DROP TABLE idempotency;
DROP TABLE school_calendar;
DROP TABLE school_version;
DROP TABLE school;
DROP TABLE trust;
DROP SEQUENCE school_ids;
DROP SEQUENCE trust_ids;
