-- transactional: false

ALTER TABLE products
DROP INDEX products_by_name,
DROP INDEX products_by_stock_quantity,
DROP INDEX products_by_total_sold,
DROP INDEX products_by_created_at,
ADD INDEX products_by_name (name),
ADD INDEX products_by_stock_quantity (stock_quantity, id, name),
ADD INDEX products_by_total_sold (total_sold, id, name),
ADD INDEX products_by_created_at (created_at, id, name);
