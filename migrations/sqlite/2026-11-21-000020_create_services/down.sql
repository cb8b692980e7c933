DROP TABLE service_secrets;
DROP TABLE stateSnapshot;
DROP TABLE image;
DROP TABLE service;
DROP TABLE app;
DELETE FROM schema_compatibility WHERE version = '20261121000020';
