DROP TABLE session_streams;
DROP TABLE session_control;
DROP TABLE session_viewers;
DROP TABLE session_shares;
DELETE FROM change_epochs WHERE kind = 'shares';
DELETE FROM schema_compatibility WHERE version = '20261121000010';
