-- transactional: false

ALTER TABLE products
DROP COLUMN unindexed_name;
