DROP TABLE import_chunk;
DROP TABLE import;
