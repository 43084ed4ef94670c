ALTER TABLE mark_event ALTER old SET COMPRESSION default, ALTER new SET COMPRESSION default;
ALTER TABLE import_chunk ALTER body SET COMPRESSION default;
ALTER TABLE upload_part ALTER body SET COMPRESSION default;
