-- The second form: users, sessions in pods, settings, templates.
ALTER TABLE applications ADD COLUMN launch_type TEXT NOT NULL DEFAULT 'url';
ALTER TABLE applications ADD COLUMN os_type TEXT DEFAULT 'linux';
ALTER TABLE applications ADD COLUMN container_image TEXT DEFAULT '';
ALTER TABLE applications ADD COLUMN container_port INTEGER DEFAULT 0;
ALTER TABLE applications ADD COLUMN container_args TEXT DEFAULT '[]';
ALTER TABLE applications ADD COLUMN cpu_request TEXT DEFAULT '';
ALTER TABLE applications ADD COLUMN cpu_limit TEXT DEFAULT '';
ALTER TABLE applications ADD COLUMN memory_request TEXT DEFAULT '';
ALTER TABLE applications ADD COLUMN memory_limit TEXT DEFAULT '';
CREATE TABLE users (
    id TEXT PRIMARY KEY, username TEXT NOT NULL UNIQUE, email TEXT, display_name TEXT, password_hash TEXT NOT NULL,
    roles TEXT DEFAULT '["user"]', created_at MOMENT DEFAULT CURRENT_TIMESTAMP,
    updated_at MOMENT DEFAULT CURRENT_TIMESTAMP
);
CREATE TABLE sessions (
    id TEXT PRIMARY KEY, user_id TEXT NOT NULL, app_id TEXT NOT NULL FREELY, pod_name TEXT NOT NULL,
    pod_ip TEXT DEFAULT '', status TEXT NOT NULL DEFAULT 'pending', created_at MOMENT DEFAULT CURRENT_TIMESTAMP,
    updated_at MOMENT DEFAULT CURRENT_TIMESTAMP
);
CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL, updated_at MOMENT DEFAULT CURRENT_TIMESTAMP);
CREATE TABLE templates (id SERIAL_KEY, template_id TEXT UNIQUE NOT NULL, name TEXT NOT NULL);
CREATE INDEX idx_sessions_user_id ON sessions (user_id);
CREATE INDEX idx_sessions_status ON sessions (status);
CREATE INDEX idx_users_username ON users (username);

INSERT INTO applications
    (id, name, description, url, icon, category, launch_type, container_image, container_args, cpu_limit, memory_limit)
VALUES
    ('editor', 'Editor', '', '', '', 'Writing', 'container', 'registry.example.com/editor:1', '["--flag","two words"]', '500m', '1Gi'),
    ('Bad_Quantity', 'Bad quantity', '', '', '', 'Writing', 'container', 'registry.example.com/bad:1', '[]', 'lots', '-1'),
    ('unreadable', 'Unreadable', '', '', '', '', 'teleport', '', 'no list', '', '');
-- The password of both is "an old password".
INSERT INTO users (id, username, email, display_name, password_hash, roles, created_at, updated_at) VALUES
    ('admin-root', 'root', '', 'Root', '$2a$10$OIcEnWc1elJH2gTZDBRDQeI2BctWSjb5gUL6.9D.be2Atv7zo2zAe', '["admin","user"]', '2025-01-01 00:00:00', '2025-01-01 00:00:00'),
    ('user-anna-1', 'Anna', 'anna@example.com', 'Anna Ł.', '$2a$10$OIcEnWc1elJH2gTZDBRDQeI2BctWSjb5gUL6.9D.be2Atv7zo2zAe', '["user"]', '2025-01-01 01:00:00+01:00', '2025-01-01 00:00:00.5'),
    ('user-odd-2', 'odd', NULL, NULL, 'x', '["superuser"]', '2025-01-01 00:00:00', '2025-01-01 00:00:00'),
    ('user-none-3', 'none', NULL, NULL, '', NULL, '2025-01-01 00:00:00', '2025-01-01 00:00:00'),
    ('user-torn-4', 'torn', NULL, NULL, '', 'torn', '2025-01-01 00:00:00', '2025-01-01 00:00:00');
INSERT INTO sessions (id, user_id, app_id, pod_name, pod_ip, status, created_at, updated_at) VALUES
    ('s-running', 'user-anna-1', 'editor', 'session-s-running', 'fd00::1', 'running', '2025-01-02 00:00:00', '2025-01-02 00:01:00'),
    ('s-creating', 'user-anna-1', 'editor', 'session-s-creating', '', 'creating', '2025-01-02 00:00:00', '2025-01-02 00:01:00'),
    ('s-terminated', 'user-anna-1', 'editor', 'p', '', 'terminated', '2025-01-02 00:00:00', '2025-01-02 00:01:00'),
    ('s-stopped', 'user-anna-1', 'editor', 'p', '', 'stopped', '2025-01-02 00:00:00.123456', '2025-01-02 00:01:00'),
    ('s-expired', 'user-gone-9', 'editor', 'p', '', 'expired', '2025-01-02 00:00:00', '2025-01-02 00:01:00'),
    ('s-orphan', 'user-anna-1', 'app-gone', 'p', '', 'failed', '2025-01-02 00:00:00', '2025-01-02 00:01:00');
INSERT INTO settings (key, value, updated_at) VALUES ('allow_registration', 'true', '2025-01-02 00:00:00');
INSERT INTO templates (template_id, name) VALUES ('firefox', 'Firefox'), ('gimp', 'GIMP');
