DROP TABLE leaver_destination;
