-- transactional: false
-- depends: 0009.start-cache-epoch

-- Epochs whose cached answers no process may use any more. There is no foreign key to cache_epoch, because it would lock the row
-- of cache_epoch.
CREATE TABLE cache_closed (
    epoch CHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    PRIMARY KEY (epoch)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
