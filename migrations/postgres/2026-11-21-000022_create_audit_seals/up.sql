-- Seals over the audit: which entries were committed in which order, chained by hashes and signed batch by batch.
-- `audit_log` itself is never changed.

CREATE TABLE audit_batches (
    batch BIGINT NOT NULL PRIMARY KEY,
    first_position BIGINT NOT NULL,
    last_position BIGINT NOT NULL,
    -- The largest number of an entry in it: older entries than a few minutes are all sealed.
    last_audit_id BIGINT NOT NULL,
    chain_hash TEXT NOT NULL,
    sealed_at TIMESTAMP NOT NULL,
    public_key TEXT NOT NULL,
    signature TEXT NOT NULL
);

CREATE INDEX idx_audit_batches_sealed_at ON audit_batches (sealed_at);

CREATE TABLE audit_seals (
    audit_id BIGINT NOT NULL PRIMARY KEY,
    batch BIGINT NOT NULL REFERENCES audit_batches (batch),
    position BIGINT NOT NULL UNIQUE,
    row_hash TEXT NOT NULL,
    chain_hash TEXT NOT NULL
);

-- Where retention took the oldest batches away; signed, so that nobody else can.
CREATE TABLE audit_cuts (
    batch BIGINT NOT NULL PRIMARY KEY,
    position BIGINT NOT NULL,
    chain_hash TEXT NOT NULL,
    cut_at TIMESTAMP NOT NULL,
    public_key TEXT NOT NULL,
    signature TEXT NOT NULL
);

-- The oldest schema whose servers can still work with this one.
INSERT INTO schema_compatibility (version, serves_from) VALUES ('20261121000022', '20261121000006');
