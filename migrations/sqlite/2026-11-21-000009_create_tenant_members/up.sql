-- Who belongs to which tenant besides the home, and with which roles.

ALTER TABLE tenants ADD COLUMN version BIGINT NOT NULL DEFAULT 1;

CREATE TABLE tenant_members (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    roles TEXT NOT NULL DEFAULT '["user"]',
    created_at TIMESTAMP NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'),
    PRIMARY KEY (tenant_id, user_id)
);

CREATE INDEX idx_tenant_members_user_id ON tenant_members (user_id);
-- What counts against a tenant's quotas.
CREATE INDEX idx_sessions_unreleased_tenant ON sessions (tenant_id, user_id) WHERE released_at IS NULL;

-- The oldest schema whose servers can still work with this one.
INSERT INTO schema_compatibility (version, serves_from) VALUES ('20261121000009', '20261121000006');
