-- The catalog.

CREATE TABLE applications (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL,
    description TEXT,
    url TEXT,
    icon TEXT,
    category TEXT,
    visibility TEXT NOT NULL DEFAULT 'public',
    launch_type TEXT DEFAULT 'url',
    os_type TEXT DEFAULT 'linux',
    container_image TEXT DEFAULT '',
    container_port BIGINT DEFAULT 0,
    container_args TEXT DEFAULT '[]',
    cpu_request TEXT DEFAULT '',
    cpu_limit TEXT DEFAULT '',
    memory_request TEXT DEFAULT '',
    memory_limit TEXT DEFAULT '',
    egress_policy TEXT DEFAULT '',
    tenant_id TEXT NOT NULL DEFAULT 'default',
    command TEXT NOT NULL DEFAULT '[]',
    env TEXT NOT NULL DEFAULT '[]',
    network TEXT NOT NULL DEFAULT 'none',
    window_manager BOOLEAN NOT NULL DEFAULT FALSE,
    display TEXT,
    workspace TEXT NOT NULL DEFAULT '{"kind":"ephemeral"}',
    clipboard TEXT NOT NULL DEFAULT '{"in":true,"out":true}',
    recording_policy TEXT NOT NULL DEFAULT 'never',
    discoverable BOOLEAN NOT NULL DEFAULT FALSE,
    run_as_root BOOLEAN NOT NULL DEFAULT FALSE,
    idle_timeout BIGINT NOT NULL DEFAULT 0,
    version BIGINT NOT NULL DEFAULT 1,
    created_at TIMESTAMP NOT NULL DEFAULT (now() AT TIME ZONE 'UTC'),
    updated_at TIMESTAMP NOT NULL DEFAULT (now() AT TIME ZONE 'UTC')
);

CREATE INDEX idx_applications_page ON applications (tenant_id, name, id);

-- The oldest schema whose servers can still work with this one.
INSERT INTO schema_compatibility (version, serves_from) VALUES ('20261121000002', '20261121000002');
