DROP TABLE penalty_notice;
DROP TABLE case_record;
DROP SEQUENCE notice_ids;
DROP SEQUENCE record_ids;
