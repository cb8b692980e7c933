-- People, their sign-ins, what they prefer, and the installation's settings.

CREATE TABLE users (
    id TEXT NOT NULL PRIMARY KEY,
    username TEXT NOT NULL UNIQUE,
    -- The name in lower case, so that signing in does not depend on a database's idea of letters.
    username_lower TEXT NOT NULL DEFAULT '',
    email TEXT,
    display_name TEXT,
    password_hash TEXT,
    roles TEXT NOT NULL DEFAULT '["user"]',
    auth_provider TEXT NOT NULL DEFAULT 'local',
    auth_provider_id TEXT NOT NULL DEFAULT '',
    tenant_id TEXT NOT NULL DEFAULT 'default',
    tenant_roles TEXT NOT NULL DEFAULT '[]',
    disabled BOOLEAN NOT NULL DEFAULT 0,
    version BIGINT NOT NULL DEFAULT 1,
    created_at TIMESTAMP NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'),
    updated_at TIMESTAMP NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'),
    last_sign_in_at TIMESTAMP
);

CREATE INDEX idx_users_username_lower ON users (username_lower);
CREATE INDEX idx_users_page ON users (tenant_id, username);

CREATE TABLE sign_ins (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    tenant_id TEXT NOT NULL DEFAULT 'default',
    client TEXT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    refresh_hash TEXT UNIQUE,
    previous_refresh_hash TEXT,
    created_at TIMESTAMP NOT NULL,
    last_used_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    ends_at TIMESTAMP NOT NULL,
    revoked_at TIMESTAMP,
    source_ip TEXT NOT NULL DEFAULT ''
);

CREATE INDEX idx_sign_ins_user_id ON sign_ins (user_id);
CREATE INDEX idx_sign_ins_previous_refresh_hash ON sign_ins (previous_refresh_hash)
    WHERE previous_refresh_hash IS NOT NULL;
CREATE INDEX idx_sign_ins_ends_at ON sign_ins (ends_at);

CREATE TABLE user_preferences (
    user_id TEXT NOT NULL PRIMARY KEY,
    theme TEXT DEFAULT 'light',
    collapsed_categories TEXT,
    favorites TEXT,
    updated_at TIMESTAMP,
    tenant_id TEXT NOT NULL DEFAULT 'default'
);

CREATE TABLE settings (
    tenant_id TEXT NOT NULL DEFAULT 'default',
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    updated_at TIMESTAMP NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'),
    PRIMARY KEY (tenant_id, key)
);

-- The oldest schema whose servers can still work with this one.
INSERT INTO schema_compatibility (version, serves_from) VALUES ('20261121000004', '20261121000004');
