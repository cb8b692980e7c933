-- As the container-manager's migrations and its driver leave it: some times are texts, some milliseconds.
CREATE TABLE knex_migrations (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, name VARCHAR(255), batch INTEGER, migration_time DATETIME);
CREATE TABLE knex_migrations_lock ("index" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, is_locked INTEGER);
INSERT INTO knex_migrations (name, batch, migration_time) VALUES ('20240101000000_init.js', 1, 1763700000000);
INSERT INTO knex_migrations_lock (is_locked) VALUES (0);
CREATE TABLE app (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, appId INTEGER NOT NULL, appName VARCHAR(255) NOT NULL, "commit" VARCHAR(255),
    releaseId VARCHAR(255), services JSON NOT NULL, createdAt DATETIME DEFAULT CURRENT_TIMESTAMP, updatedAt DATETIME DEFAULT CURRENT_TIMESTAMP);
CREATE UNIQUE INDEX app_appid_unique ON app (appId);
CREATE TABLE service (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, serviceId INTEGER NOT NULL, appId INTEGER NOT NULL, serviceName VARCHAR(255) NOT NULL,
    imageName VARCHAR(255) NOT NULL, config JSON NOT NULL, status VARCHAR(255) DEFAULT 'stopped', containerId VARCHAR(255),
    createdAt DATETIME DEFAULT CURRENT_TIMESTAMP, updatedAt DATETIME DEFAULT CURRENT_TIMESTAMP);
CREATE UNIQUE INDEX service_serviceid_appid_unique ON service (serviceId, appId);
CREATE TABLE image (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, imageName VARCHAR(255) NOT NULL, appId INTEGER, serviceId INTEGER,
    dockerImageId VARCHAR(255), size BIGINT, pulledAt DATETIME, createdAt DATETIME DEFAULT CURRENT_TIMESTAMP);
CREATE TABLE stateSnapshot (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, type TEXT CHECK (type IN ('current', 'target')) NOT NULL, state JSON NOT NULL,
    createdAt DATETIME DEFAULT CURRENT_TIMESTAMP);
INSERT INTO app (appId, appName, "commit", releaseId, services, createdAt, updatedAt)
    VALUES (1001, 'Web Server', 'abc123', 'v2', '[]', '2025-11-21 04:40:00', 1763700000120);
INSERT INTO service (serviceId, appId, serviceName, imageName, config, status, containerId, createdAt, updatedAt)
    VALUES (1, 1001, 'web', 'nginx:1', '{"image":"nginx:1","ports":["8080:80"]}', 'exited', 'c0ffee', '2025-11-21 04:40:00', '2025-11-21 04:40:00');
INSERT INTO image (imageName, appId, serviceId, dockerImageId, size, pulledAt, createdAt)
    VALUES ('nginx:1', 1001, 1, 'sha256:1', 12345678901, NULL, '2025-11-21 04:40:00');
INSERT INTO stateSnapshot (type, state, createdAt)
    VALUES ('target', '{"apps":{"1001":{"appId":1001,"appName":"Web Server","services":[]}}}', '2025-11-21 04:39:00'),
           ('target', '{"apps":{"1001":{"appId":1001,"appName":"Web Server","services":[{"serviceId":1,"serviceName":"web","imageName":"nginx:1","appId":1001,"appName":"Web Server","config":{"image":"nginx:1","ports":["8080:80"]}}]}}}', '2025-11-21 04:40:00'),
           ('current', '{"apps":{}}', 1763700000120);
