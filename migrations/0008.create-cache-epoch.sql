-- transactional: false
-- depends: 0007.create-seed-runs

-- One row: the epoch that is part of every key in Redis. A writer holds it (shared) while it commits, and whoever opens a new
-- epoch must bar it first: how the cache uses this is told in src/product_dashboard/cache/README.md.
CREATE TABLE cache_epoch (
    id TINYINT UNSIGNED NOT NULL,
    epoch CHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'random',
    server CHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'run id of the Redis it was opened on; empty: never opened',
    PRIMARY KEY (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
