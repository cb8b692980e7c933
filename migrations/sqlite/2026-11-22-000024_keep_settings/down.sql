CREATE TABLE stateSnapshot_before (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    type TEXT NOT NULL,
    state TEXT NOT NULL,
    createdAt TIMESTAMP NOT NULL,
    CONSTRAINT stateSnapshot_type_is_known CHECK (type IN ('current', 'target'))
);

INSERT INTO stateSnapshot_before (id, type, state, createdAt)
SELECT id, type, state, createdAt FROM stateSnapshot WHERE type <> 'settings';
DROP TABLE stateSnapshot;
ALTER TABLE stateSnapshot_before RENAME TO stateSnapshot;
CREATE INDEX idx_state_snapshot_type ON stateSnapshot (type, id);
CREATE INDEX idx_state_snapshot_created_at ON stateSnapshot (createdAt);
DELETE FROM schema_compatibility WHERE version = '20261122000024';
