-- transactional: false
-- depends: 0011.compare-emails-exactly

-- An epoch is believed only in the database that it was opened in: not in a copy of it, and not in a server that took over and
-- may have lost commits. src/product_dashboard/epoch_store.py says what identifies a database.
ALTER TABLE cache_epoch
    ADD COLUMN origin CHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '' COMMENT 'digest of the database it was opened in',
    MODIFY COLUMN server CHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'digest of the Redis it was opened on; empty: never opened';
