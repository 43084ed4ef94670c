DROP TABLE ticket_pool_closed;
DROP VIEW ticket;
DROP TABLE ticket_event;
