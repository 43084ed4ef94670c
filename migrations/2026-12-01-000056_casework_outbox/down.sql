ALTER TABLE case_record DROP CONSTRAINT case_record_kind_check,
    ADD CONSTRAINT case_record_kind_check CHECK (kind IN ('meeting', 'plan', 'visit', 'monitoring', 'referral'));
DROP TABLE message;
DROP SEQUENCE message_ids;
