DROP TABLE outbox;
DROP TABLE analytics;
DROP TABLE audit_log;
DELETE FROM schema_compatibility WHERE version = '20261121000005';
