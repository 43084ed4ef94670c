DROP TABLE run_item;
DROP TABLE run;
DROP TABLE trust_clock;
ALTER TABLE school DROP COLUMN time_zone;
ALTER TABLE trust DROP COLUMN sandbox;
