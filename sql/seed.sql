-- Sample data. The transaction that adds rows also updates the summaries, as in the service.

-- name: start_seed_run :exec
INSERT IGNORE INTO seed_runs (seed, categories, products, customers, orders, started_at)
VALUES (:seed, :categories, :products, :customers, :orders, :started_at);

-- name: get_seed_run :one
SELECT rows_done, started_at
FROM seed_runs
WHERE seed = :seed AND categories = :categories AND products = :products AND customers = :customers AND orders = :orders;

-- name: list_seed_runs :many
-- explain-ok: full-scan: one row for each size of sample data ever asked for
-- explain-ok: filesort: the same few rows
SELECT seed, categories, products, customers, orders, rows_done
FROM seed_runs
ORDER BY started_at, seed, categories, products, customers, orders;

-- name: advance_seed_run :execrows
-- Claims the next rows for this transaction; no row where another seeder was faster.
UPDATE seed_runs
SET rows_done = :rows_done
WHERE
    seed = :seed AND categories = :categories AND products = :products AND customers = :customers AND orders = :orders
    AND rows_done = :expected;

-- name: has_rows :one
-- Is there anything in the tables at all?
SELECT EXISTS (SELECT 1 FROM categories) OR EXISTS (SELECT 1 FROM customers) AS has_rows;

-- name: add_categories :copyfrom
INSERT INTO categories (id, name, description, created_at)
VALUES (:id, :name, :description, :created_at);

-- name: add_customers :copyfrom
INSERT INTO customers (id, name, email, created_at)
VALUES (:id, :name, :email, :created_at);

-- name: add_products :copyfrom
-- The service adds the trigrams of the names, in the background.
INSERT INTO products (id, category_id, name, description, price, price_bucket, stock_quantity, is_active, created_at)
VALUES (:id, :category_id, :name, :description, :price, :price_bucket, :stock_quantity, :is_active, :created_at);

-- name: add_orders :copyfrom
INSERT INTO orders (id, customer_id, total_quantity, total_price, created_at)
VALUES (:id, :customer_id, :total_quantity, :total_price, :created_at);

-- name: add_order_items :copyfrom
INSERT INTO order_items (order_id, product_id, id, quantity, unit_price)
VALUES (:order_id, :product_id, :id, :quantity, :unit_price);

-- name: count_products :exec
-- Adds a batch of products to the totals of their categories.
INSERT INTO category_totals (category_id, stripe, products, stock)
SELECT s.category_id, CONNECTION_ID() % 64, s.products, s.stock
FROM (
    SELECT p.category_id, COUNT(*) AS products, SUM(p.stock_quantity) AS stock
    FROM products AS p
    WHERE p.id IN (sqlc.slice(product_ids))
    GROUP BY p.category_id
) AS s
ORDER BY s.category_id
ON DUPLICATE KEY UPDATE
    products = category_totals.products + s.products,
    stock = category_totals.stock + s.stock;

-- name: count_sold :exec
-- Adds what a batch of orders sold to its products.
UPDATE products AS p
JOIN (
    SELECT i.product_id, SUM(i.quantity) AS quantity, SUM(i.quantity * i.unit_price) AS revenue
    FROM order_items AS i
    WHERE i.order_id IN (sqlc.slice(order_ids))
    GROUP BY i.product_id
) AS s ON s.product_id = p.id
SET p.total_sold = p.total_sold + s.quantity, p.total_revenue = p.total_revenue + s.revenue;

-- name: count_sold_by_category :exec
-- Adds what a batch of orders sold to the categories of its products. The stock stays as it is.
INSERT INTO category_totals (category_id, stripe, quantity_sold, revenue)
SELECT s.category_id, CONNECTION_ID() % 64, s.quantity, s.revenue
FROM (
    SELECT p.category_id, SUM(i.quantity) AS quantity, SUM(i.quantity * i.unit_price) AS revenue
    FROM order_items AS i
    STRAIGHT_JOIN products AS p ON p.id = i.product_id
    WHERE i.order_id IN (sqlc.slice(order_ids))
    GROUP BY p.category_id
) AS s
ORDER BY s.category_id
ON DUPLICATE KEY UPDATE
    quantity_sold = category_totals.quantity_sold + s.quantity,
    revenue = category_totals.revenue + s.revenue;

-- name: count_sold_by_day :exec
-- Adds a batch of orders to the sales of their days.
INSERT INTO daily_sales (day, stripe, orders, quantity, revenue)
SELECT s.day, CONNECTION_ID() % 64, s.orders, s.quantity, s.revenue
FROM (
    SELECT
        DATE(o.created_at) AS day, COUNT(*) AS orders, SUM(o.total_quantity) AS quantity, SUM(o.total_price) AS revenue
    FROM orders AS o
    WHERE o.id IN (sqlc.slice(order_ids))
    GROUP BY DATE(o.created_at)
) AS s
ORDER BY s.day
ON DUPLICATE KEY UPDATE
    orders = daily_sales.orders + s.orders,
    quantity = daily_sales.quantity + s.quantity,
    revenue = daily_sales.revenue + s.revenue;

-- name: count_spent :exec
-- Adds a batch of orders to the totals of their customers.
UPDATE customers AS c
JOIN (
    SELECT o.customer_id, COUNT(*) AS orders, SUM(o.total_price) AS price
    FROM orders AS o
    WHERE o.id IN (sqlc.slice(order_ids))
    GROUP BY o.customer_id
) AS s ON s.customer_id = c.id
SET c.total_orders = c.total_orders + s.orders, c.total_spent = c.total_spent + s.price;
