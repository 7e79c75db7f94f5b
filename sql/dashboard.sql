-- name: list_product_report :many
-- explain-ok: full-scan: 64 stripes of the totals, however large the shop is
-- The newest products, each with the totals of all products; without products one row, which has only the totals.
SELECT
    t.products, t.stock, t.price_sum,
    p.id, p.name, p.price, p.stock_quantity, p.created_at
FROM (
    SELECT
        CAST(COALESCE(SUM(s.products), 0) AS SIGNED) AS products,
        CAST(COALESCE(SUM(s.stock), 0) AS SIGNED) AS stock,
        COALESCE(SUM(s.price_sum), 0) AS price_sum
    FROM statistics AS s
) AS t
LEFT JOIN (
    SELECT q.id, q.name, q.price, q.stock_quantity, q.created_at
    FROM products AS q
    ORDER BY q.created_at DESC, q.id DESC
    LIMIT :limit
) AS p ON TRUE
ORDER BY p.created_at DESC, p.id DESC;

-- name: list_top_customers :many
-- The customers who spent most, from the head of an index: the cost does not grow with the number of orders.
SELECT id, name, email, total_spent, total_orders
FROM customers
WHERE total_spent > 0
ORDER BY total_spent DESC, id DESC
LIMIT :limit;
