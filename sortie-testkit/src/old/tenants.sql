-- The third form: tenants, sign-in through a provider, egress policies.
ALTER TABLE applications ADD COLUMN egress_policy TEXT DEFAULT '';
ALTER TABLE applications ADD COLUMN tenant_id TEXT DEFAULT 'default';
ALTER TABLE audit_log ADD COLUMN tenant_id TEXT DEFAULT 'default';
ALTER TABLE analytics ADD COLUMN tenant_id TEXT DEFAULT 'default';
ALTER TABLE sessions ADD COLUMN tenant_id TEXT DEFAULT 'default';
ALTER TABLE sessions ADD COLUMN idle_timeout INTEGER DEFAULT 0;
ALTER TABLE users ADD COLUMN auth_provider TEXT DEFAULT 'local';
ALTER TABLE users ADD COLUMN auth_provider_id TEXT DEFAULT '';
ALTER TABLE users ADD COLUMN tenant_id TEXT DEFAULT 'default';
ALTER TABLE users ADD COLUMN tenant_roles TEXT DEFAULT '[]';
CREATE TABLE app_specs (id TEXT PRIMARY KEY, name TEXT NOT NULL, image TEXT NOT NULL);
CREATE TABLE oidc_states (state TEXT PRIMARY KEY, redirect_url TEXT NOT NULL DEFAULT '', expires_at MOMENT NOT NULL);
CREATE TABLE tenants (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, slug TEXT NOT NULL UNIQUE, settings TEXT DEFAULT '{}',
    quotas TEXT DEFAULT '{}', created_at MOMENT DEFAULT CURRENT_TIMESTAMP, updated_at MOMENT DEFAULT CURRENT_TIMESTAMP
);

INSERT INTO tenants (id, name, slug, settings, quotas, created_at) VALUES
    ('default', 'Ours', 'default', '{}', '{}', '2025-01-01 00:00:00'),
    ('tenant-1', 'Acme', 'acme', '{"display_name":"ACME"}', '{"max_users":50,"default_cpu_limit":"1"}', '2025-01-01 00:00:00'),
    ('tenant-2', 'Torn', 'torn', 'torn', '{"max_users":-1}', '2025-01-01 00:00:00');
UPDATE applications SET egress_policy = '{"mode":"allowlist","rules":[{"cidr":"10.0.0.0/8","port":443,"protocol":"TCP"}]}' WHERE id = 'editor';
UPDATE applications SET egress_policy = '{"mode":"whatever"}' WHERE id = 'unreadable';
INSERT INTO applications (id, name, description, url, icon, category, tenant_id)
    VALUES ('acme-app', 'Of Acme', '', 'https://acme.example.com', '', 'Reading', 'acme');
UPDATE sessions SET idle_timeout = 600 WHERE id = 's-stopped';
INSERT INTO users (id, username, email, display_name, password_hash, roles, auth_provider, auth_provider_id, tenant_id, tenant_roles) VALUES
    ('oidc-1', 'sso@example.com', 'sso@example.com', 'Sso', '', '["user","app-author"]', 'oidc', 'https://idp.example.com|sub-1', 'default', '[]'),
    ('oidc-2', 'unlinked', '', '', '', '["user"]', 'oidc', 'no issuer', 'default', '[]'),
    ('user-acme', 'acme.admin', '', '', 'x', '["user"]', 'local', '', 'acme', '["tenant-admin"]'),
    ('user-lost', 'lost', '', '', 'x', '["user"]', 'local', '', 'nowhere', '[]');
INSERT INTO app_specs VALUES ('spec-1', 'Spec', 'registry.example.com/spec:1');
INSERT INTO oidc_states VALUES ('state-1', '/', '2025-01-01 00:00:00');
