DROP TABLE leases;
DROP TABLE places;
DELETE FROM schema_compatibility WHERE version = '20261121000006';
