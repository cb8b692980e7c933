-- Snapshots of the settings that services are looked after with.
-- An older server lists the other kinds as before, and forgets these with age.

ALTER TABLE stateSnapshot DROP CONSTRAINT stateSnapshot_type_is_known;
ALTER TABLE stateSnapshot ADD CONSTRAINT stateSnapshot_type_is_known CHECK (type IN ('current', 'settings', 'target'));

-- The oldest schema whose servers can still work with this one.
INSERT INTO schema_compatibility (version, serves_from) VALUES ('20261122000024', '20261121000006');
