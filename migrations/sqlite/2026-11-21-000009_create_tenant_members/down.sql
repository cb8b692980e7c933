DROP INDEX idx_sessions_unreleased_tenant;
DROP TABLE tenant_members;
ALTER TABLE tenants DROP COLUMN version;
DELETE FROM schema_compatibility WHERE version = '20261121000009';
