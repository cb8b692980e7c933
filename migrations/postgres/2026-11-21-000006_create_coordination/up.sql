-- Where workloads live, and who does which job.

CREATE TABLE places (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    machine TEXT,
    created_at TIMESTAMP NOT NULL DEFAULT (now() AT TIME ZONE 'UTC')
);

CREATE TABLE leases (
    name TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    epoch BIGINT NOT NULL DEFAULT 1,
    until TIMESTAMP NOT NULL
);

-- The oldest schema whose servers can still work with this one.
INSERT INTO schema_compatibility (version, serves_from) VALUES ('20261121000006', '20261121000006');
