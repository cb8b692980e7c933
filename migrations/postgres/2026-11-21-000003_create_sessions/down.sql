DROP TABLE workspaces;
DROP TABLE sessions;
DROP FUNCTION sessions_move_legally();
DELETE FROM schema_compatibility WHERE version = '20261121000003';
