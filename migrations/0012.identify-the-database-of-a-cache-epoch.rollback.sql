-- transactional: false

ALTER TABLE cache_epoch
    DROP COLUMN origin,
    MODIFY COLUMN server CHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'run id of the Redis it was opened on; empty: never opened';
