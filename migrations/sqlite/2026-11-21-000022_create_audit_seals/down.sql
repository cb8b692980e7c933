DROP TABLE audit_cuts;
DROP TABLE audit_seals;
DROP TABLE audit_batches;
DELETE FROM schema_compatibility WHERE version = '20261121000022';
