DROP TABLE settings;
DROP TABLE user_preferences;
DROP TABLE sign_ins;
DROP TABLE users;
DELETE FROM schema_compatibility WHERE version = '20261121000004';
