-- Which database this is, who may open it, and how often its data changed.

CREATE TABLE schema_compatibility (
    version TEXT NOT NULL PRIMARY KEY,
    serves_from TEXT NOT NULL,
    applied_at TIMESTAMP NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now') || '000')
);

CREATE TABLE installation (
    id TEXT NOT NULL PRIMARY KEY,
    incarnation BIGINT NOT NULL DEFAULT 1,
    created_at TIMESTAMP NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now') || '000')
);

CREATE TABLE tenants (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    slug TEXT NOT NULL UNIQUE,
    settings TEXT NOT NULL DEFAULT '{}',
    quotas TEXT NOT NULL DEFAULT '{}',
    created_at TIMESTAMP NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'),
    updated_at TIMESTAMP NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now') || '000')
);

INSERT INTO tenants (id, name, slug) VALUES ('default', 'Default', 'default');

-- One row per kind of cached data; 'events' holds the last position that was given to an outbox row.
CREATE TABLE change_epochs (
    kind TEXT NOT NULL PRIMARY KEY,
    epoch BIGINT NOT NULL DEFAULT 0
);

INSERT INTO change_epochs (kind) VALUES ('apps');
INSERT INTO change_epochs (kind) VALUES ('access');
INSERT INTO change_epochs (kind) VALUES ('sessions');
INSERT INTO change_epochs (kind) VALUES ('events');

-- A random UUID (RFC 9562, version 4).
INSERT INTO installation (id) VALUES (lower(
    hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2)
    || '-a' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))
));

-- The oldest schema whose servers can still work with this one.
INSERT INTO schema_compatibility (version, serves_from) VALUES ('20261121000001', '20261121000001');
