DROP VIEW mark;
DROP TABLE mark_event;
DROP TABLE register_session;
DROP TABLE class_year;
DROP TABLE register_year;
