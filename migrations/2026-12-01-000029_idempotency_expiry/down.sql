REVOKE UPDATE (recorded_at), DELETE ON idempotency FROM rollcall_app;
DROP INDEX idempotency_recorded_at;
