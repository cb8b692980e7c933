-- How far the audit was handed on to a collector outside: one row, so that every server goes on where another ended.

CREATE TABLE audit_forward (
    id BIGINT NOT NULL PRIMARY KEY,
    -- The last position in the chain of seals that the collector took.
    position BIGINT NOT NULL,
    updated_at TIMESTAMP,
    CONSTRAINT audit_forward_is_one_row CHECK (id = 1)
);

INSERT INTO audit_forward (id, position) VALUES (1, 0);

-- The oldest schema whose servers can still work with this one.
INSERT INTO schema_compatibility (version, serves_from) VALUES ('20261121000025', '20261121000006');
