DROP TABLE school_hours;
