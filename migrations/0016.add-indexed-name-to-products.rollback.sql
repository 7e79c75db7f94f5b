-- transactional: false

ALTER TABLE products
DROP COLUMN indexed_name;
