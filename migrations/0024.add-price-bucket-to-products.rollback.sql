-- transactional: false

ALTER TABLE products
DROP COLUMN price_bucket;
