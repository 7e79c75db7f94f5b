-- transactional: false
-- depends: 0026.index-uncounted-buckets

-- A page of a range of prices is found in the index of its order. With the price in it, the products that are passed over are
-- not read. The price comes last, so that each index keeps its order. A price rarely changes; the stock does with each
-- order, and is left out.
ALTER TABLE products
DROP INDEX products_by_name,
DROP INDEX products_by_stock_quantity,
DROP INDEX products_by_total_sold,
DROP INDEX products_by_created_at,
ADD INDEX products_by_name (name, id, price),
ADD INDEX products_by_stock_quantity (stock_quantity, id, name, price),
ADD INDEX products_by_total_sold (total_sold, id, name, price),
ADD INDEX products_by_created_at (created_at, id, name, price);
