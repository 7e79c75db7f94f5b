-- transactional: false

ALTER TABLE products
DROP COLUMN total_revenue;
