-- Snapshots of the settings that services are looked after with. SQLite cannot change a check: the table is made anew.
-- An older server lists the other kinds as before, and forgets these with age.

CREATE TABLE stateSnapshot_next (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    type TEXT NOT NULL,
    state TEXT NOT NULL,
    createdAt TIMESTAMP NOT NULL,
    CONSTRAINT stateSnapshot_type_is_known CHECK (type IN ('current', 'settings', 'target'))
);

INSERT INTO stateSnapshot_next (id, type, state, createdAt) SELECT id, type, state, createdAt FROM stateSnapshot;
DROP TABLE stateSnapshot;
ALTER TABLE stateSnapshot_next RENAME TO stateSnapshot;
CREATE INDEX idx_state_snapshot_type ON stateSnapshot (type, id);
CREATE INDEX idx_state_snapshot_created_at ON stateSnapshot (createdAt);

-- The oldest schema whose servers can still work with this one.
INSERT INTO schema_compatibility (version, serves_from) VALUES ('20261122000024', '20261121000006');
