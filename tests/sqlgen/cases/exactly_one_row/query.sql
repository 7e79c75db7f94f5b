-- name: totals :one
-- Sums over all products, of which there may be none.
SELECT COUNT(*) AS products, SUM(stock) AS stock, COALESCE(SUM(price), 0) AS price FROM products;

-- name: count_products :one
SELECT COUNT(*) FROM products;

-- name: highest_price :one
SELECT MAX(price) FROM products;
