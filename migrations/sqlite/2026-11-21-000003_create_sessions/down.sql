DROP TABLE workspaces;
DROP TABLE sessions;
DELETE FROM schema_compatibility WHERE version = '20261121000003';
