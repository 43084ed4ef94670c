DROP TABLE school_policy;
DROP TABLE policy_version;
