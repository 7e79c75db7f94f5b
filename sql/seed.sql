-- Sample data. The transaction that adds rows also updates the summaries, as in the service.

-- name: start_seed_run :exec
INSERT IGNORE INTO seed_runs (seed, categories, products, customers, orders)
VALUES (:seed, :categories, :products, :customers, :orders);

-- name: get_seed_run :one
SELECT rows_done
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
INSERT INTO products (id, category_id, name, description, price, stock_quantity, is_active, created_at)
VALUES (:id, :category_id, :name, :description, :price, :stock_quantity, :is_active, :created_at);

-- name: add_orders :copyfrom
INSERT INTO orders (id, customer_id, total_quantity, total_price, created_at)
VALUES (:id, :customer_id, :total_quantity, :total_price, :created_at);

-- name: add_order_items :copyfrom
INSERT INTO order_items (order_id, product_id, id, quantity, unit_price)
VALUES (:order_id, :product_id, :id, :quantity, :unit_price);

-- name: count_sold :exec
-- Adds what a batch of orders sold to its products.
UPDATE products AS p
JOIN (
    SELECT i.product_id, SUM(i.quantity) AS quantity
    FROM order_items AS i
    WHERE i.order_id IN (sqlc.slice(order_ids))
    GROUP BY i.product_id
) AS s ON s.product_id = p.id
SET p.total_sold = p.total_sold + s.quantity;

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
