-- A page of a school's log begins where the page before ended: of the kinds of which a school has most, in its order.
CREATE INDEX case_event_by_instant ON case_event (trust_id, school_id, recorded_at, case_id, seq);
CREATE INDEX evidence_by_instant ON evidence (trust_id, school_id, recorded_at, action_id, seq);
CREATE INDEX contact_attempt_by_instant ON contact_attempt (trust_id, school_id, recorded_at, attempt_id);
