-- Whole school years of marks, and whole files, are packed on their way to disk. lz4 packs them as well as the older
-- pglz and takes a fraction of its time, which was a quarter of what an import's writing took.
ALTER TABLE mark_event ALTER old SET COMPRESSION lz4, ALTER new SET COMPRESSION lz4;
ALTER TABLE import_chunk ALTER body SET COMPRESSION lz4;
ALTER TABLE upload_part ALTER body SET COMPRESSION lz4;
