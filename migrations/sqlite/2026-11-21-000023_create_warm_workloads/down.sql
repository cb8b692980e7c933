DROP TABLE warm_workloads;
ALTER TABLE applications DROP COLUMN warm_pool;
DELETE FROM schema_compatibility WHERE version = '20261121000023';
