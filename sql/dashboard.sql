-- name: list_recent_products :many
-- The newest products.
SELECT id, name, price, stock_quantity, created_at
FROM products
ORDER BY created_at DESC, id DESC
LIMIT :limit;

-- name: list_top_customers :many
-- The customers who spent most, from the head of an index: the cost does not grow with the number of orders.
SELECT id, name, email, total_spent, total_orders
FROM customers
WHERE total_spent > 0
ORDER BY total_spent DESC, id DESC
LIMIT :limit;
