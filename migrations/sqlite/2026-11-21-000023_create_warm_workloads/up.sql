-- Workloads that were made before anybody asked for them. Each is named like the session that will take it.

ALTER TABLE applications ADD COLUMN warm_pool BIGINT NOT NULL DEFAULT 0;

CREATE TABLE warm_workloads (
    id TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    app_id TEXT NOT NULL,
    place_id TEXT NOT NULL,
    -- The installation's incarnation in which it was made: what is older belongs to nobody until a person settles it.
    incarnation BIGINT NOT NULL,
    spec TEXT NOT NULL,
    status TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    CONSTRAINT warm_workloads_status_is_known CHECK (status IN ('making', 'ready', 'taken', 'leaving'))
);

CREATE INDEX idx_warm_workloads_place ON warm_workloads (place_id, created_at);

-- The oldest schema whose servers can still work with this one.
INSERT INTO schema_compatibility (version, serves_from) VALUES ('20261121000023', '20261121000006');
