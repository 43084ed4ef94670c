DROP VIEW award_now;
DROP TABLE reward_judged, award_event, award;
DROP SEQUENCE award_ids;
