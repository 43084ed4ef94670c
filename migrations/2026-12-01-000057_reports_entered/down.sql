DROP TABLE log_entered;
