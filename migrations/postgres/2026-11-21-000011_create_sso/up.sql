-- Single sign-on: who comes from which provider, what was begun, and which of our sign-ins hang on which of its sessions.

CREATE TABLE sso_identities (
    issuer TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    user_id TEXT NOT NULL UNIQUE REFERENCES users (id) ON DELETE CASCADE,
    -- The roles that the mapping of groups gave at the last sign-in.
    roles TEXT NOT NULL DEFAULT '[]',
    created_at TIMESTAMP NOT NULL,
    last_seen_at TIMESTAMP NOT NULL,
    PRIMARY KEY (issuer, subject)
);

-- Sign-ins that were begun. Hashes only: whoever reads a row cannot finish it.
CREATE TABLE sso_pending (
    state_hash TEXT NOT NULL PRIMARY KEY,
    browser_hash TEXT NOT NULL,
    redirect TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL
);

CREATE INDEX idx_sso_pending_expires_at ON sso_pending (expires_at);

CREATE TABLE sso_sign_ins (
    sign_in_id TEXT NOT NULL PRIMARY KEY REFERENCES sign_ins (id) ON DELETE CASCADE,
    issuer TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    session TEXT COLLATE "C"
);

CREATE INDEX idx_sso_sign_ins_subject ON sso_sign_ins (issuer, subject);
CREATE INDEX idx_sso_sign_ins_session ON sso_sign_ins (issuer, session);

-- Notices of providers that somebody signed out: each is obeyed once.
CREATE TABLE sso_logouts (
    issuer TEXT COLLATE "C" NOT NULL,
    token_id TEXT COLLATE "C" NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    PRIMARY KEY (issuer, token_id)
);

CREATE INDEX idx_sso_logouts_expires_at ON sso_logouts (expires_at);

-- The rights in categories that the mapping of groups gave at the last sign-in: what the next one may take away.
CREATE TABLE sso_category_grants (
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    category_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    PRIMARY KEY (user_id, category_id, kind)
);

CREATE INDEX idx_sso_category_grants_category_id ON sso_category_grants (category_id);

-- The oldest schema whose servers can still work with this one.
INSERT INTO schema_compatibility (version, serves_from) VALUES ('20261121000011', '20261121000006');
