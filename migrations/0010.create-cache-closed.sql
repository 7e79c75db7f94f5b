-- transactional: false
-- depends: 0009.start-cache-epoch

-- Epochs that nobody believes any more. No foreign key to cache_epoch: it would take the lock that must stay apart from this table.
CREATE TABLE cache_closed (
    epoch CHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    PRIMARY KEY (epoch)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
