DROP TABLE change_epochs;
DROP TABLE tenants;
DROP TABLE installation;
DROP TABLE schema_compatibility;
