DROP TABLE contact_attempt, leave_decision, leave_request, report_withdrawal, reported_absence;
DROP SEQUENCE attempt_ids, leave_ids, report_ids;
