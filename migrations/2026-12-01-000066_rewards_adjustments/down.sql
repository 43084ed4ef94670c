DROP TABLE reward_adjustment;
DROP SEQUENCE adjustment_ids;
