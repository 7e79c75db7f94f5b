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

-- name: list_sales :many
-- explain-ok: filesort: for now
-- explain-ok: temporary: for now
-- The sales of each day since a day, without the days that have none.
SELECT
    DATE(o.created_at) AS day,
    COUNT(*) AS orders,
    CAST(COALESCE(SUM(o.total_quantity), 0) AS SIGNED) AS quantity,
    COALESCE(SUM(o.total_price), 0) AS revenue
FROM orders AS o
WHERE o.created_at >= :since
GROUP BY DATE(o.created_at)
ORDER BY day;

-- name: list_category_sales :many
-- explain-ok: full-scan: for now
-- explain-ok: filesort: for now
-- Each category with the totals of its products, best sales first.
SELECT
    c.id, c.name,
    COALESCE(t.products, 0) AS products,
    CAST(COALESCE(t.stock, 0) AS SIGNED) AS stock,
    CAST(COALESCE(t.quantity_sold, 0) AS SIGNED) AS quantity_sold,
    COALESCE(t.revenue, 0) AS revenue
FROM categories AS c
LEFT JOIN (
    SELECT
        p.category_id, COUNT(*) AS products, SUM(p.stock_quantity) AS stock, SUM(p.total_sold) AS quantity_sold,
        SUM((SELECT SUM(i.quantity * i.unit_price) FROM order_items AS i WHERE i.product_id = p.id)) AS revenue
    FROM products AS p
    GROUP BY p.category_id
) AS t ON t.category_id = c.id
ORDER BY revenue DESC, c.name, c.id
LIMIT :limit;

-- name: list_low_stock :many
-- The products for sale with few pieces in stock, the fewest first, from the head of an index.
SELECT id, name, price, stock_quantity, total_sold
FROM products
WHERE stock_quantity < :below AND is_active
ORDER BY stock_quantity, id
LIMIT :limit;

-- name: list_top_products :many
-- The products of which most pieces were sold, from the head of an index.
SELECT
    p.id, p.name, p.price, p.total_sold,
    COALESCE((SELECT SUM(i.quantity * i.unit_price) FROM order_items AS i WHERE i.product_id = p.id), 0) AS revenue
FROM products AS p
WHERE p.total_sold > 0
ORDER BY p.total_sold DESC, p.id DESC
LIMIT :limit;
