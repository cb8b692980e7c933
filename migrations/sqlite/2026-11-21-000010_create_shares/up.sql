-- Who else may see a session: what its owner shares, who came by it, who has control, and who is connected.

CREATE TABLE session_shares (
    id TEXT NOT NULL PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    -- Set for one user, missing for a link.
    user_id TEXT,
    permission TEXT NOT NULL DEFAULT 'read_only',
    -- The hash of a link's secret.
    share_token TEXT UNIQUE,
    created_by TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    tenant_id TEXT NOT NULL DEFAULT 'default',
    username TEXT NOT NULL DEFAULT '',
    expires_at TIMESTAMP NOT NULL,
    max_uses BIGINT,
    uses BIGINT NOT NULL DEFAULT 0,
    approval BOOLEAN NOT NULL DEFAULT 0,
    guests BOOLEAN NOT NULL DEFAULT 0,
    CONSTRAINT session_shares_permission_is_known CHECK (permission IN ('read_only', 'read_write')),
    CONSTRAINT session_shares_are_for_a_user_or_a_link CHECK ((user_id IS NULL) = (share_token IS NOT NULL)),
    CONSTRAINT session_shares_uses_stay_in_bounds CHECK (uses >= 0 AND (max_uses IS NULL OR uses <= max_uses))
);

CREATE INDEX idx_session_shares_session_id ON session_shares (session_id);
CREATE INDEX idx_session_shares_user_id ON session_shares (user_id);
CREATE INDEX idx_session_shares_expires_at ON session_shares (expires_at);

CREATE TABLE session_viewers (
    id TEXT NOT NULL PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    tenant_id TEXT NOT NULL DEFAULT 'default',
    -- Missing for observers.
    share_id TEXT REFERENCES session_shares (id) ON DELETE CASCADE,
    -- Missing for guests.
    user_id TEXT,
    name TEXT NOT NULL DEFAULT '',
    role TEXT NOT NULL,
    permission TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    -- The hash of a guest's cookie.
    token_hash TEXT UNIQUE,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    CONSTRAINT session_viewers_role_is_known CHECK (role IN ('viewer', 'observer')),
    CONSTRAINT session_viewers_permission_is_known CHECK (permission IN ('read_only', 'read_write')),
    CONSTRAINT session_viewers_state_is_known CHECK (state IN ('waiting', 'admitted', 'refused', 'cut', 'left')),
    CONSTRAINT session_viewers_come_by_a_share_or_with_a_reason CHECK (
        (role = 'viewer') = (share_id IS NOT NULL) AND (role = 'observer') = (reason IS NOT NULL)
    ),
    CONSTRAINT session_viewers_guests_have_a_token CHECK ((user_id IS NULL) = (token_hash IS NOT NULL)),
    -- One person comes once by one share.
    UNIQUE (share_id, user_id)
);

CREATE INDEX idx_session_viewers_session_id ON session_viewers (session_id);
CREATE INDEX idx_session_viewers_user_id ON session_viewers (user_id);
CREATE INDEX idx_session_viewers_expires_at ON session_viewers (expires_at);

-- To whom the owner handed control over. No row: the owner has it.
CREATE TABLE session_control (
    session_id TEXT NOT NULL PRIMARY KEY REFERENCES sessions (id) ON DELETE CASCADE,
    viewer_id TEXT NOT NULL REFERENCES session_viewers (id) ON DELETE CASCADE
);

-- Connections to screens; good while their replica holds its lease.
CREATE TABLE session_streams (
    id TEXT NOT NULL PRIMARY KEY,
    session_id TEXT NOT NULL,
    -- Missing for the owner.
    viewer_id TEXT,
    replica TEXT NOT NULL,
    opened_at TIMESTAMP NOT NULL
);

CREATE INDEX idx_session_streams_session_id ON session_streams (session_id);
CREATE INDEX idx_session_streams_replica ON session_streams (replica);

INSERT INTO change_epochs (kind) VALUES ('shares');

-- The oldest schema whose servers can still work with this one.
INSERT INTO schema_compatibility (version, serves_from) VALUES ('20261121000010', '20261121000006');
