DROP TABLE staff_duty;
DROP TABLE staff_change;
DROP TABLE staff;
DROP SEQUENCE staff_ids;
