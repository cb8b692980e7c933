DELETE FROM stateSnapshot WHERE type = 'settings';
ALTER TABLE stateSnapshot DROP CONSTRAINT stateSnapshot_type_is_known;
ALTER TABLE stateSnapshot ADD CONSTRAINT stateSnapshot_type_is_known CHECK (type IN ('current', 'target'));
DELETE FROM schema_compatibility WHERE version = '20261122000024';
