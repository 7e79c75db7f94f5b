-- transactional: false
-- depends: 0014.create-stock-changes

-- A release before this one writes products without trigrams, also while the release that writes them is rolled out.
-- `indexed_name` is the name that the trigrams of a product are made of. `unindexed_name` is the name if its trigrams
-- do not exist or are those of another name, byte for byte; otherwise it is NULL. It needs no write: a name that is
-- written by the older release is in `unindexed_name` at once. Both columns are added without a copy of the table.
ALTER TABLE products
ADD COLUMN indexed_name VARCHAR(200) NULL,
ADD COLUMN unindexed_name VARCHAR(200) AS (IF(CAST(name AS BINARY) <=> CAST(indexed_name AS BINARY), NULL, name)) VIRTUAL;
