-- Categories by id, the rights in them, and requests for them.

CREATE TABLE categories (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    description TEXT,
    tenant_id TEXT NOT NULL DEFAULT 'default',
    version BIGINT NOT NULL DEFAULT 1,
    created_at TIMESTAMP NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'),
    updated_at TIMESTAMP NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now') || '000')
);

CREATE UNIQUE INDEX idx_categories_name ON categories (tenant_id, name);

CREATE TABLE category_admins (
    category_id TEXT NOT NULL REFERENCES categories (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (category_id, user_id)
);

CREATE INDEX idx_category_admins_user_id ON category_admins (user_id);

CREATE TABLE category_approved_users (
    category_id TEXT NOT NULL REFERENCES categories (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (category_id, user_id)
);

CREATE INDEX idx_category_approved_users_user_id ON category_approved_users (user_id);

-- `category` stays as the category's name, for queries of before.
ALTER TABLE applications ADD COLUMN category_id TEXT REFERENCES categories (id);

CREATE INDEX idx_applications_category_id ON applications (category_id);

INSERT INTO categories (id, name, tenant_id)
SELECT lower(hex(randomblob(16))), used.category, used.tenant_id FROM (
    SELECT DISTINCT category, tenant_id FROM applications WHERE category IS NOT NULL AND category <> ''
) AS used;

UPDATE applications SET category_id = (
    SELECT categories.id FROM categories
    WHERE categories.name = applications.category AND categories.tenant_id = applications.tenant_id
) WHERE category IS NOT NULL AND category <> '';

-- History: no foreign key to apps, categories or users, which may go first.
CREATE TABLE access_requests (
    id TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL DEFAULT 'default',
    app_id TEXT NOT NULL,
    app_name TEXT NOT NULL,
    category_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    username TEXT NOT NULL,
    message TEXT NOT NULL DEFAULT '',
    status TEXT NOT NULL DEFAULT 'pending',
    decided_by TEXT,
    decision_note TEXT NOT NULL DEFAULT '',
    decided_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    CONSTRAINT access_requests_status_is_known CHECK (status IN ('pending', 'granted', 'refused', 'withdrawn')),
    CONSTRAINT access_requests_decided_exactly_when_final CHECK ((status <> 'pending') = (decided_at IS NOT NULL))
);

CREATE UNIQUE INDEX idx_access_requests_pending ON access_requests (user_id, app_id) WHERE status = 'pending';
CREATE INDEX idx_access_requests_user_id ON access_requests (user_id, created_at);
CREATE INDEX idx_access_requests_page ON access_requests (tenant_id, created_at, id);

-- The oldest schema whose servers can still work with this one.
INSERT INTO schema_compatibility (version, serves_from) VALUES ('20261121000008', '20261121000006');
