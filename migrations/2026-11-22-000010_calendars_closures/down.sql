DROP TABLE unplanned_closure;
DROP SEQUENCE closure_ids;
