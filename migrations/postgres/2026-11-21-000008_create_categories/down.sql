DROP TABLE access_requests;
DROP INDEX idx_applications_category_id;
ALTER TABLE applications DROP COLUMN category_id;
DROP TABLE category_approved_users;
DROP TABLE category_admins;
DROP TABLE categories;
DELETE FROM schema_compatibility WHERE version = '20261121000008';
