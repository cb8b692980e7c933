-- Services of the machine: what shall run, what does, and what did. Names as in the container-manager's document.

CREATE TABLE app (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    appId INTEGER NOT NULL UNIQUE,
    appName TEXT NOT NULL,
    "commit" TEXT,
    releaseId INTEGER,
    -- The app's services as in a state.
    services TEXT NOT NULL,
    createdAt TIMESTAMP NOT NULL,
    updatedAt TIMESTAMP NOT NULL
);

CREATE TABLE service (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    serviceId INTEGER NOT NULL,
    appId INTEGER NOT NULL,
    serviceName TEXT NOT NULL,
    imageName TEXT NOT NULL,
    config TEXT NOT NULL,
    status TEXT NOT NULL,
    containerId TEXT,
    createdAt TIMESTAMP NOT NULL,
    updatedAt TIMESTAMP NOT NULL,
    CONSTRAINT service_is_unique_in_its_app UNIQUE (serviceId, appId),
    CONSTRAINT service_status_is_known CHECK (status IN ('stopped', 'starting', 'running', 'stopping'))
);

CREATE TABLE image (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    imageName TEXT NOT NULL UNIQUE,
    appId INTEGER,
    serviceId INTEGER,
    dockerImageId TEXT,
    size INTEGER NOT NULL,
    pulledAt TIMESTAMP NOT NULL,
    createdAt TIMESTAMP NOT NULL
);

CREATE TABLE stateSnapshot (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    type TEXT NOT NULL,
    state TEXT NOT NULL,
    createdAt TIMESTAMP NOT NULL,
    CONSTRAINT stateSnapshot_type_is_known CHECK (type IN ('current', 'target'))
);

CREATE INDEX idx_state_snapshot_type ON stateSnapshot (type, id);
CREATE INDEX idx_state_snapshot_created_at ON stateSnapshot (createdAt);

-- What services need in their environment and no state holds. A deleted one keeps its row, so that its number only grows.
CREATE TABLE service_secrets (
    name TEXT NOT NULL PRIMARY KEY,
    revision INTEGER NOT NULL,
    -- Sealed with a key that is not in the database; nothing once it is deleted.
    sealed BLOB,
    updated_at TIMESTAMP NOT NULL
);

-- The oldest schema whose servers can still work with this one.
INSERT INTO schema_compatibility (version, serves_from) VALUES ('20261121000020', '20261121000006');
