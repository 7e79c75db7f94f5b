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

-- Reports from totals are right if every write has kept them. `is_complete` is false while some writes of an older release
-- are missing: see migrations/0022. The count_ queries count the same figures from the rows, at a cost that grows with them.

-- name: list_sales :many
-- The sales of each day that has any, the oldest first; without such a day one row, which has only `is_complete`.
SELECT t.is_complete, d.day, d.orders, d.quantity, d.revenue
FROM (SELECT COUNT(s.unreported_at) = 0 AS is_complete FROM statistics AS s) AS t
LEFT JOIN (
    SELECT
        q.day,
        CAST(SUM(q.orders) AS SIGNED) AS orders,
        CAST(SUM(q.quantity) AS SIGNED) AS quantity,
        SUM(q.revenue) AS revenue
    FROM daily_sales AS q
    WHERE q.day BETWEEN :first AND :last
    GROUP BY q.day
) AS d ON TRUE
ORDER BY d.day;

-- name: count_sales :many
-- explain-ok: temporary-table: one row for each day
-- The figures of list_sales, counted from the orders since the moment :since and before :until.
SELECT
    DATE(o.created_at) AS day,
    COUNT(*) AS orders,
    CAST(SUM(o.total_quantity) AS SIGNED) AS quantity,
    SUM(o.total_price) AS revenue
FROM orders AS o
WHERE o.created_at >= :since AND o.created_at < :until
GROUP BY DATE(o.created_at);

-- name: list_category_report :many
-- explain-ok: full-scan: the categories, 65 stripes of each, and 65 of the statistics
-- explain-ok: temporary-table: one row for each category
-- explain-ok: filesort: the same rows
-- Categories with the totals of their products, those with the highest revenue first; no rows without categories.
SELECT
    (SELECT COUNT(s.unreported_at) = 0 FROM statistics AS s) AS is_complete,
    c.id, c.name,
    CAST(COALESCE(t.products, 0) AS SIGNED) AS products,
    CAST(COALESCE(t.stock, 0) AS SIGNED) AS stock,
    CAST(COALESCE(t.quantity_sold, 0) AS SIGNED) AS quantity_sold,
    COALESCE(t.revenue, 0) AS revenue
FROM categories AS c
LEFT JOIN (
    SELECT
        q.category_id, SUM(q.products) AS products, SUM(q.stock) AS stock, SUM(q.quantity_sold) AS quantity_sold,
        SUM(q.revenue) AS revenue
    FROM category_totals AS q
    GROUP BY q.category_id
) AS t ON t.category_id = c.id
ORDER BY revenue DESC, c.name, c.id
LIMIT :limit;

-- name: count_category_report :many
-- explain-ok: full-scan: all products, until the totals are complete
-- explain-ok: temporary-table: one row for each category
-- explain-ok: filesort: the same rows
-- The figures of list_category_report, counted from the products and the items of orders.
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
-- The products for sale with few pieces in stock, the fewest first, found in an index.
SELECT id, name, price, stock_quantity, total_sold
FROM products
WHERE stock_quantity < :below AND is_active
ORDER BY stock_quantity, id
LIMIT :limit;

-- name: list_top_products :many
-- explain-ok: full-scan: 65 stripes of the statistics
-- The products of which most pieces were sold, from the head of an index. Their revenue is counted from the items of their
-- orders only while the totals are not complete.
SELECT
    p.id, p.name, p.price, p.total_sold,
    IF(
        (SELECT COUNT(s.unreported_at) = 0 FROM statistics AS s),
        p.total_revenue,
        COALESCE((SELECT SUM(i.quantity * i.unit_price) FROM order_items AS i WHERE i.product_id = p.id), 0)
    ) AS revenue
FROM products AS p
WHERE p.total_sold > 0
ORDER BY p.total_sold DESC, p.id DESC
LIMIT :limit;
