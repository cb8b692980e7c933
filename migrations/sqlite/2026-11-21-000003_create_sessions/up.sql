-- Sessions and the persistent workspaces that they hold. History: no foreign key to apps or users, which may go first.

CREATE TABLE sessions (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL,
    app_id TEXT NOT NULL,
    pod_name TEXT,
    pod_ip TEXT,
    status TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    tenant_id TEXT NOT NULL DEFAULT 'default',
    username TEXT NOT NULL DEFAULT '',
    app_name TEXT NOT NULL DEFAULT '',
    version BIGINT NOT NULL DEFAULT 1,
    phase TEXT NOT NULL DEFAULT 'queued',
    phase_detail TEXT NOT NULL DEFAULT '',
    phase_since TIMESTAMP NOT NULL,
    reason TEXT,
    reason_detail TEXT,
    output TEXT,
    place_id TEXT NOT NULL,
    spec TEXT,
    screen_width INTEGER NOT NULL DEFAULT 1280,
    screen_height INTEGER NOT NULL DEFAULT 800,
    workspace_id TEXT,
    idle_timeout BIGINT,
    max_lifetime BIGINT,
    started_at TIMESTAMP,
    last_input_at TIMESTAMP,
    ended_at TIMESTAMP,
    released_at TIMESTAMP,
    replaces TEXT,
    CONSTRAINT sessions_status_is_known CHECK (status IN ('creating', 'running', 'stopped', 'expired', 'failed')),
    CONSTRAINT sessions_end_exactly_when_final CHECK (
        (status IN ('stopped', 'expired', 'failed')) = (ended_at IS NOT NULL)
        AND (ended_at IS NOT NULL) = (reason IS NOT NULL)
    ),
    CONSTRAINT sessions_running_has_started CHECK (status <> 'running' OR started_at IS NOT NULL),
    CONSTRAINT sessions_released_is_final CHECK (released_at IS NULL OR ended_at IS NOT NULL)
);

CREATE INDEX idx_sessions_user_id ON sessions (user_id);
CREATE INDEX idx_sessions_status ON sessions (status);
CREATE INDEX idx_sessions_page ON sessions (tenant_id, created_at, id);
CREATE INDEX idx_sessions_owner_page ON sessions (tenant_id, user_id, created_at, id);
-- What the reconciler compares with the world, and what counts against the quotas.
CREATE INDEX idx_sessions_unreleased ON sessions (place_id, created_at, id) WHERE released_at IS NULL;
CREATE INDEX idx_sessions_unreleased_owner ON sessions (user_id) WHERE released_at IS NULL;

CREATE TABLE workspaces (
    id TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL DEFAULT 'default',
    user_id TEXT NOT NULL,
    app_id TEXT NOT NULL,
    holder_session TEXT,
    created_at TIMESTAMP NOT NULL,
    UNIQUE (user_id, app_id)
);

CREATE TRIGGER sessions_move_legally BEFORE UPDATE OF status ON sessions
WHEN NOT (
    OLD.status = NEW.status
    OR (OLD.status = 'creating' AND NEW.status IN ('running', 'failed'))
    OR (OLD.status = 'running' AND NEW.status IN ('stopped', 'expired', 'failed'))
)
BEGIN
    SELECT RAISE(ABORT, 'illegal change of a session''s status');
END;

CREATE TRIGGER sessions_stay_released BEFORE UPDATE OF released_at ON sessions
WHEN OLD.released_at IS NOT NULL AND NEW.released_at IS NULL
BEGIN
    SELECT RAISE(ABORT, 'illegal change: a released session is not taken back');
END;

-- The oldest schema whose servers can still work with this one.
INSERT INTO schema_compatibility (version, serves_from) VALUES ('20261121000003', '20261121000003');
