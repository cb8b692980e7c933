DROP TABLE sso_category_grants;
DROP TABLE sso_logouts;
DROP TABLE sso_sign_ins;
DROP TABLE sso_pending;
DROP TABLE sso_identities;
