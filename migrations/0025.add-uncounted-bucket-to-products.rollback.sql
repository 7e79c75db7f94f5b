-- transactional: false

ALTER TABLE products
DROP COLUMN uncounted_bucket;
