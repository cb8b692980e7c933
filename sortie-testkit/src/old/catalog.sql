-- The first form: a catalog, an audit, counts.
CREATE TABLE applications (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, description TEXT NOT NULL, url TEXT NOT NULL, icon TEXT NOT NULL,
    category TEXT NOT NULL
);
CREATE TABLE audit_log (
    id SERIAL_KEY, timestamp MOMENT DEFAULT CURRENT_TIMESTAMP, "user" TEXT NOT NULL, action TEXT NOT NULL,
    details TEXT NOT NULL
);
CREATE TABLE analytics (
    id SERIAL_KEY, app_id TEXT NOT NULL REFERENCES applications (id), timestamp MOMENT DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX idx_audit_timestamp ON audit_log (timestamp);
CREATE INDEX idx_analytics_app_id ON analytics (app_id);
CREATE INDEX idx_analytics_timestamp ON analytics (timestamp);

INSERT INTO applications VALUES
    ('wiki', 'Wiki', 'Pages', 'https://wiki.example.com', '', 'Reading'),
    ('An id/with? ODD letters', 'Ünïcode 日本', 'two
lines', 'https://example.com/?q=%20#a', '🧭', 'Reading'),
    ('hostile', '<script>alert(1)</script>', '', 'javascript:alert(1)', '', '');
INSERT INTO audit_log (id, timestamp, "user", action, details) VALUES
    (7, '2025-01-02 03:04:05', 'anna', 'LOGIN', 'User logged in'),
    (9, '2025-01-02 03:04:06', 'user-anna-1', 'FILE_UPLOAD', 'a line, "quoted"
and a second one');
INSERT INTO analytics (id, app_id, timestamp) VALUES (3, 'wiki', '2025-01-02 03:04:05');
