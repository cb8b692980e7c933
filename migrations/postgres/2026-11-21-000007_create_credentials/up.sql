-- Credentials: what slows guessing down, second factors, links to set a password, known browsers, personal access tokens.

ALTER TABLE sign_ins ADD COLUMN user_agent TEXT NOT NULL DEFAULT '';
-- What its owner calls it, and what it may be used for: for personal access tokens. NULL narrows nothing.
ALTER TABLE sign_ins ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE sign_ins ADD COLUMN scopes TEXT;

-- Refresh tokens that were used. Seeing one again means that one of the family was stolen.
CREATE TABLE used_refresh_tokens (
    token_hash TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    sign_in_id TEXT NOT NULL REFERENCES sign_ins (id) ON DELETE CASCADE,
    used_at TIMESTAMP NOT NULL
);

CREATE INDEX idx_used_refresh_tokens_sign_in_id ON used_refresh_tokens (sign_in_id);

-- How many tries each lane has seen. No typed name stands here: it could be a password.
CREATE TABLE throttles (
    kind TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    failures BIGINT NOT NULL,
    last_at TIMESTAMP NOT NULL,
    next_at TIMESTAMP NOT NULL,
    PRIMARY KEY (kind, subject),
    CONSTRAINT throttles_kind_is_known CHECK (kind IN ('account', 'address', 'known', 'factor'))
);

CREATE INDEX idx_throttles_last_at ON throttles (last_at);

-- From where somebody signed in before: hashes of a browser's token, or of account and network.
CREATE TABLE known_origins (
    mark TEXT COLLATE "C" NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    last_used_at TIMESTAMP NOT NULL,
    PRIMARY KEY (mark, user_id)
);

CREATE INDEX idx_known_origins_user_id ON known_origins (user_id);
CREATE INDEX idx_known_origins_last_used_at ON known_origins (last_used_at);

CREATE TABLE reset_links (
    token_hash TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL UNIQUE REFERENCES users (id) ON DELETE CASCADE,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL
);

CREATE INDEX idx_reset_links_expires_at ON reset_links (expires_at);

-- Both sides of a time-based code need its secret, so it stands here as it is. It is worth nothing without the password.
CREATE TABLE second_factors (
    user_id TEXT NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    secret TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    confirmed_at TIMESTAMP,
    -- No code of this step or an earlier one is taken again.
    last_step BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE recovery_codes (
    user_id TEXT NOT NULL REFERENCES second_factors (user_id) ON DELETE CASCADE,
    code_hash TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (user_id, code_hash)
);

-- Sign-ins whose password was right and whose second factor is waited for.
CREATE TABLE sign_in_challenges (
    token_hash TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    client TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0
);

CREATE INDEX idx_sign_in_challenges_user_id ON sign_in_challenges (user_id);
CREATE INDEX idx_sign_in_challenges_expires_at ON sign_in_challenges (expires_at);

-- The oldest schema whose servers can still work with this one.
INSERT INTO schema_compatibility (version, serves_from) VALUES ('20261121000007', '20261121000006');
