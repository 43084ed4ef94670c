DROP TABLE joining_draft;
