-- Idempotency keys hold for some days and are deleted after that, by the writes that add new ones.
CREATE INDEX idempotency_recorded_at ON idempotency (trust_id, recorded_at);
GRANT UPDATE (recorded_at), DELETE ON idempotency TO rollcall_app;
