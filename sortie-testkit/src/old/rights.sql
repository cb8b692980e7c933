-- The fourth form: who sees what, shares, recordings.
ALTER TABLE applications ADD COLUMN visibility TEXT NOT NULL DEFAULT 'public';
CREATE TABLE categories (
    id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, description TEXT DEFAULT '', tenant_id TEXT DEFAULT 'default',
    created_at MOMENT DEFAULT CURRENT_TIMESTAMP, updated_at MOMENT DEFAULT CURRENT_TIMESTAMP
);
CREATE TABLE category_admins (category_id TEXT NOT NULL, user_id TEXT NOT NULL, PRIMARY KEY (category_id, user_id));
CREATE TABLE category_approved_users (category_id TEXT NOT NULL, user_id TEXT NOT NULL, PRIMARY KEY (category_id, user_id));
CREATE TABLE recordings (
    id TEXT PRIMARY KEY, session_id TEXT NOT NULL REFERENCES sessions (id), filename TEXT NOT NULL, status TEXT NOT NULL
);
CREATE TABLE session_shares (
    id TEXT PRIMARY KEY, session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL DEFAULT '', permission TEXT NOT NULL DEFAULT 'read_only', share_token TEXT UNIQUE,
    created_by TEXT NOT NULL, created_at MOMENT DEFAULT CURRENT_TIMESTAMP
);

UPDATE applications SET visibility = 'approved' WHERE id = 'editor';
UPDATE applications SET visibility = 'nobody knows' WHERE id = 'unreadable';
INSERT INTO categories (id, name, description, created_at) VALUES
    ('cat-1', 'Writing', 'For writers', '2025-01-01 00:00:00'), ('cat-2', 'Empty', NULL, '2025-01-01 00:00:00');
INSERT INTO category_admins VALUES ('cat-1', 'admin-root');
INSERT INTO category_approved_users VALUES ('cat-1', 'user-anna-1'), ('cat-gone', 'user-anna-1'), ('cat-1', 'user-gone-9');
INSERT INTO recordings VALUES ('rec-1', 's-stopped', 'a.vncrec', 'ready');
INSERT INTO session_shares (id, session_id, user_id, permission, share_token, created_by, created_at) VALUES
    ('share-1', 's-stopped', 'admin-root', 'read_write', NULL, 'user-anna-1', '2025-01-02 00:00:00'),
    ('share-2', 's-running', 'admin-root', 'read_only', '1795234023257684508', 'user-anna-1', '2025-01-02 00:00:00');
