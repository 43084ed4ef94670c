DROP TABLE draw_entry;
DROP TABLE draw_secret;
DROP TABLE draw_event;
DROP TABLE draw;
DROP SEQUENCE draw_ids;
