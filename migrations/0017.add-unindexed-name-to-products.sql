-- transactional: false
-- depends: 0016.add-indexed-name-to-products

-- The name if its trigrams do not exist or are those of another name, byte for byte; otherwise NULL. The server computes
-- it, so that a name that an older release writes is in it at once. It is a migration of its own, because MariaDB copies
-- the table if a virtual column is added together with another one.
ALTER TABLE products
ADD COLUMN unindexed_name VARCHAR(200) AS (IF(CAST(name AS BINARY) <=> CAST(indexed_name AS BINARY), NULL, name)) VIRTUAL;
