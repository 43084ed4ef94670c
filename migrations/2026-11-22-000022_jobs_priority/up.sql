-- Work has a turn: what a person waits for is not kept waiting by what is large, or comes by itself.

-- When it is due, and later for what others may overtake.
ALTER TABLE job_queue ADD COLUMN turn timestamptz NOT NULL DEFAULT now();
