-- Compares the summaries that the writes keep (statistics, totals of products and customers, daily_sales, category_totals)
-- with the rows, and adds what is missing. Each compare_ query is one statement, and so sees one state of the database.
-- A write that commits later adds the same to both sides, so that what is missing in that state is still missing after it.
-- Stripe 64 belongs to repairs; the service writes 0 to 63. Its row in the statistics lets one repair run at a time.

-- name: hold_repairs :exec
-- Waits for other repairs, and keeps them waiting until the transaction ends.
INSERT INTO statistics (stripe, unreported_at)
VALUES (64, NULL)
ON DUPLICATE KEY UPDATE orders = orders, unreported_at = unreported_at;

-- name: has_unreported_writes :one
-- explain-ok: full-scan: 65 stripes of the statistics
SELECT EXISTS (SELECT 1 FROM statistics AS s WHERE s.unreported_at IS NOT NULL) AS has_unreported_writes;

-- name: list_unreported_stripes :many
-- explain-ok: full-scan: 65 stripes of the statistics
SELECT stripe, unreported_at
FROM statistics
WHERE unreported_at IS NOT NULL;

-- name: report_stripe :exec
-- Records that the writes of a stripe are in the reports, unless an older release has written there since.
UPDATE statistics
SET unreported_at = NULL
WHERE stripe = :stripe AND unreported_at = :unreported_at;

-- name: compare_statistics :one
-- explain-ok: full-scan: counts whole tables, outside of any request
-- What is missing in the statistics; negative amounts are too much.
SELECT
    (SELECT COUNT(*) FROM categories) - k.categories AS categories,
    p.products - k.products AS products,
    CAST(p.stock - k.stock AS SIGNED) AS stock,
    p.price_sum - k.price_sum AS price_sum,
    (SELECT COUNT(*) FROM customers) - k.customers AS customers,
    (SELECT COUNT(*) FROM orders) - k.orders AS orders
FROM (
    SELECT
        CAST(COALESCE(SUM(s.categories), 0) AS SIGNED) AS categories,
        CAST(COALESCE(SUM(s.products), 0) AS SIGNED) AS products,
        CAST(COALESCE(SUM(s.stock), 0) AS SIGNED) AS stock,
        COALESCE(SUM(s.price_sum), 0) AS price_sum,
        CAST(COALESCE(SUM(s.customers), 0) AS SIGNED) AS customers,
        CAST(COALESCE(SUM(s.orders), 0) AS SIGNED) AS orders
    FROM statistics AS s
) AS k
CROSS JOIN (
    SELECT COUNT(*) AS products, COALESCE(SUM(q.stock_quantity), 0) AS stock, COALESCE(SUM(q.price), 0) AS price_sum
    FROM products AS q
) AS p;

-- name: add_to_statistics :exec
INSERT INTO statistics (stripe, categories, products, stock, price_sum, customers, orders, unreported_at)
VALUES (64, :categories, :products, :stock, :price_sum, :customers, :orders, NULL)
ON DUPLICATE KEY UPDATE
    categories = categories + :categories,
    products = products + :products,
    stock = stock + :stock,
    price_sum = price_sum + :price_sum,
    customers = customers + :customers,
    orders = orders + :orders,
    unreported_at = unreported_at;

-- name: list_product_ids :many
SELECT id
FROM products
WHERE id > :after
ORDER BY id
LIMIT :limit;

-- name: compare_products :many
-- What is missing in the totals of those of these products whose totals are not those of their items.
SELECT m.id, m.total_sold, m.total_revenue
FROM (
    SELECT
        p.id,
        CAST(COALESCE(SUM(i.quantity), 0) - p.total_sold AS SIGNED) AS total_sold,
        COALESCE(SUM(i.quantity * i.unit_price), 0) - p.total_revenue AS total_revenue
    FROM products AS p
    LEFT JOIN order_items AS i ON i.product_id = p.id
    WHERE p.id IN (sqlc.slice(ids))
    GROUP BY p.id, p.total_sold, p.total_revenue
) AS m
WHERE m.total_sold <> 0 OR m.total_revenue <> 0;

-- name: add_to_product :exec
-- This is no change of the product.
UPDATE products
SET
    total_sold = total_sold + :total_sold,
    total_revenue = total_revenue + :total_revenue,
    updated_at = updated_at
WHERE id = :id;

-- name: list_customer_ids :many
SELECT id
FROM customers
WHERE id > :after
ORDER BY id
LIMIT :limit;

-- name: compare_customers :many
-- What is missing in the totals of those of these customers whose totals are not those of their orders.
SELECT m.id, m.total_orders, m.total_spent
FROM (
    SELECT
        c.id,
        COUNT(o.id) - c.total_orders AS total_orders,
        COALESCE(SUM(o.total_price), 0) - c.total_spent AS total_spent
    FROM customers AS c
    LEFT JOIN orders AS o ON o.customer_id = c.id
    WHERE c.id IN (sqlc.slice(ids))
    GROUP BY c.id, c.total_orders, c.total_spent
) AS m
WHERE m.total_orders <> 0 OR m.total_spent <> 0;

-- name: add_to_customer :exec
-- This is no change of the customer.
UPDATE customers
SET total_orders = total_orders + :total_orders, total_spent = total_spent + :total_spent, updated_at = updated_at
WHERE id = :id;

-- name: get_first_day :one
-- The first day that has orders or sales, not before :first, which begins at the moment :since.
SELECT MIN(d.day) AS day
FROM (
    SELECT DATE(MIN(o.created_at)) AS day FROM orders AS o WHERE o.created_at >= :since
    UNION ALL
    SELECT MIN(s.day) FROM daily_sales AS s WHERE s.day >= :first
) AS d;

-- name: compare_day :one
-- What is missing in the sales of a day, which are the moments since :since and before :until.
SELECT
    c.orders - k.orders AS orders,
    CAST(c.quantity - k.quantity AS SIGNED) AS quantity,
    c.revenue - k.revenue AS revenue
FROM (
    SELECT
        COUNT(*) AS orders, COALESCE(SUM(o.total_quantity), 0) AS quantity, COALESCE(SUM(o.total_price), 0) AS revenue
    FROM orders AS o
    WHERE o.created_at >= :since AND o.created_at < :until
) AS c
CROSS JOIN (
    SELECT
        CAST(COALESCE(SUM(s.orders), 0) AS SIGNED) AS orders,
        COALESCE(SUM(s.quantity), 0) AS quantity,
        COALESCE(SUM(s.revenue), 0) AS revenue
    FROM daily_sales AS s
    WHERE s.day = :day
) AS k;

-- name: add_to_day :exec
INSERT INTO daily_sales (day, stripe, orders, quantity, revenue)
VALUES (:day, 64, :orders, :quantity, :revenue)
ON DUPLICATE KEY UPDATE
    orders = orders + :orders,
    quantity = quantity + :quantity,
    revenue = revenue + :revenue;

-- name: list_category_ids :many
SELECT id
FROM categories
WHERE id > :after
ORDER BY id
LIMIT :limit;

-- name: compare_categories :many
-- What is missing in the totals of those of these categories whose totals are not those of their products.
SELECT m.id, m.products, m.stock, m.quantity_sold, m.revenue
FROM (
    SELECT
        c.id,
        CAST(COALESCE(p.products, 0) - COALESCE(t.products, 0) AS SIGNED) AS products,
        CAST(COALESCE(p.stock, 0) - COALESCE(t.stock, 0) AS SIGNED) AS stock,
        CAST(COALESCE(p.quantity_sold, 0) - COALESCE(t.quantity_sold, 0) AS SIGNED) AS quantity_sold,
        COALESCE(p.revenue, 0) - COALESCE(t.revenue, 0) AS revenue
    FROM categories AS c
    LEFT JOIN (
        SELECT
            q.category_id, COUNT(*) AS products, SUM(q.stock_quantity) AS stock, SUM(q.total_sold) AS quantity_sold,
            SUM(q.total_revenue) AS revenue
        FROM products AS q
        WHERE q.category_id IN (sqlc.slice(ids))
        GROUP BY q.category_id
    ) AS p ON p.category_id = c.id
    LEFT JOIN (
        SELECT
            s.category_id, SUM(s.products) AS products, SUM(s.stock) AS stock, SUM(s.quantity_sold) AS quantity_sold,
            SUM(s.revenue) AS revenue
        FROM category_totals AS s
        WHERE s.category_id IN (sqlc.slice(ids))
        GROUP BY s.category_id
    ) AS t ON t.category_id = c.id
    WHERE c.id IN (sqlc.slice(ids))
) AS m
WHERE m.products <> 0 OR m.stock <> 0 OR m.quantity_sold <> 0 OR m.revenue <> 0;

-- name: add_to_category :exec
INSERT INTO category_totals (category_id, stripe, products, stock, quantity_sold, revenue)
VALUES (:id, 64, :products, :stock, :quantity_sold, :revenue)
ON DUPLICATE KEY UPDATE
    products = products + :products,
    stock = stock + :stock,
    quantity_sold = quantity_sold + :quantity_sold,
    revenue = revenue + :revenue;
