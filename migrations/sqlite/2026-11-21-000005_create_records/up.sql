-- What happened: for people (audit_log), for counting (analytics), and for others who listen (outbox).

CREATE TABLE audit_log (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    timestamp TIMESTAMP NOT NULL,
    user TEXT NOT NULL,
    action TEXT NOT NULL,
    details TEXT,
    tenant_id TEXT NOT NULL DEFAULT 'default',
    actor_id TEXT,
    on_behalf_of TEXT,
    source_ip TEXT,
    request_id TEXT,
    outcome TEXT NOT NULL DEFAULT 'success'
);

CREATE INDEX idx_audit_timestamp ON audit_log (timestamp);
CREATE INDEX idx_audit_page ON audit_log (tenant_id, timestamp, id);
CREATE INDEX idx_audit_action ON audit_log (tenant_id, action, timestamp, id);
CREATE INDEX idx_audit_user ON audit_log (tenant_id, user, timestamp, id);

CREATE TABLE analytics (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    app_id TEXT NOT NULL,
    timestamp TIMESTAMP NOT NULL,
    tenant_id TEXT NOT NULL DEFAULT 'default',
    app_name TEXT NOT NULL DEFAULT ''
);

CREATE INDEX idx_analytics_app_id ON analytics (app_id);
CREATE INDEX idx_analytics_timestamp ON analytics (timestamp);

-- The position is given after the commit, in order: ids of inserts are not the order of commits.
CREATE TABLE outbox (
    id TEXT NOT NULL PRIMARY KEY,
    position BIGINT UNIQUE,
    tenant_id TEXT NOT NULL DEFAULT 'default',
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL
);

CREATE INDEX idx_outbox_unnumbered ON outbox (created_at, id) WHERE position IS NULL;
CREATE INDEX idx_outbox_created_at ON outbox (created_at);

-- The oldest schema whose servers can still work with this one.
INSERT INTO schema_compatibility (version, serves_from) VALUES ('20261121000005', '20261121000005');
