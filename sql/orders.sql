-- name: get_order :one
-- row: OrderRow
-- One order with its customer and its items. STRAIGHT_JOIN reads the items first: right after many rows were added, the
-- optimizer might otherwise take the tables for almost empty, and scan one of them for each order.
-- Ids in the items are 32 hexadecimal digits, because JSON has no bytes.
SELECT
    o.id, o.customer_id, c.name AS customer_name, c.email AS customer_email,
    o.total_quantity, o.total_price, o.created_at,
    (
        SELECT
            JSON_ARRAYAGG(JSON_OBJECT(
                'id', HEX(i.id),
                'product_id', HEX(i.product_id),
                'product_name', p.name,
                'quantity', i.quantity,
                'unit_price', i.unit_price,
                'category_name', g.name
            ))
        FROM order_items AS i
        STRAIGHT_JOIN products AS p ON p.id = i.product_id
        STRAIGHT_JOIN categories AS g ON g.id = p.category_id
        WHERE i.order_id = o.id
    ) AS items
FROM orders AS o
JOIN customers AS c ON c.id = o.customer_id
WHERE o.id = :id;

-- name: list_orders :many
-- explain-ok: full-scan: 64 stripes of the statistics
-- One page of orders, newest first, each with its customer and its items, and the number of all orders.
-- The page is found in an index first; customers and items are joined only to its rows. `skipped` is the number of orders before the
-- page; `offset` is the number of those that are older than `until` (see find_day_of_page), or the same number without it.
-- order: newest created_at DESC, id DESC
WITH counted AS (
    SELECT CAST(COALESCE(SUM(s.orders), 0) AS SIGNED) AS total
    FROM statistics AS s
)
SELECT
    o.id, o.customer_id, c.name AS customer_name, c.email AS customer_email,
    o.total_quantity, o.total_price, o.created_at,
    (
        SELECT
            JSON_ARRAYAGG(JSON_OBJECT(
                'id', HEX(i.id),
                'product_id', HEX(i.product_id),
                'product_name', p.name,
                'quantity', i.quantity,
                'unit_price', i.unit_price,
                'category_name', g.name
            ))
        FROM order_items AS i
        STRAIGHT_JOIN products AS p ON p.id = i.product_id
        STRAIGHT_JOIN categories AS g ON g.id = p.category_id
        WHERE i.order_id = o.id
    ) AS items,
    t.total
FROM (
    SELECT q.id
    FROM orders AS q
    WHERE
        :skipped < (SELECT total FROM counted)
        AND sqlc.optional(q.created_at < :until)
        AND sqlc.after(q)
    ORDER BY sqlc.order_by(q)
    LIMIT :limit OFFSET :offset
) AS page
JOIN orders AS o ON o.id = page.id
JOIN customers AS c ON c.id = o.customer_id
CROSS JOIN counted AS t
ORDER BY sqlc.order_by(o);

-- name: find_day_of_page :one
-- explain-ok: full-scan: 64 stripes of each day, and 65 of the statistics
-- explain-ok: temporary-table: one row for each day
-- explain-ok: filesort: the same rows
-- The day (UTC) on which the first order of a page was placed, and the number of orders of later days; `skipped` is the number of orders
-- before the page. No row past the end, or while the sales of days are not complete (migrations/0022), or if there are more
-- stripes of days to read than orders before the page.
SELECT d.day, d.newer
FROM (
    SELECT s.day, s.orders, CAST(SUM(s.orders) OVER (ORDER BY s.day DESC) - s.orders AS SIGNED) AS newer
    FROM (
        SELECT q.day, CAST(SUM(q.orders) AS SIGNED) AS orders
        FROM daily_sales AS q
        WHERE
            (SELECT COUNT(u.unreported_at) = 0 FROM statistics AS u)
            AND (SELECT 64 * DATEDIFF(MAX(r.day), MIN(r.day)) FROM daily_sales AS r) < :skipped
        GROUP BY q.day
    ) AS s
) AS d
WHERE d.newer <= :skipped AND d.newer + d.orders > :skipped
LIMIT 1;

-- Placing an order: lock_for_order, create_order, create_order_items, apply_order. Every transaction locks in this order - its order,
-- the customer, products by id, their categories - so that two of them rarely wait for each other. STRAIGHT_JOIN keeps that order.
-- The locked rows hold all that an answer shows, so that nothing is read back.

-- name: lock_for_order :many
-- A customer and products, locked by ascending id until the transaction ends; no rows if the customer, or every product, is unknown.
-- The names of categories are locked in share mode, so that orders of one category do not wait for each other. COALESCE is for the
-- compiler: a foreign key sees to it that each product has a category.
SELECT
    c.name AS customer_name, c.email AS customer_email, p.id, p.category_id, p.name, p.price, p.stock_quantity, p.is_active,
    COALESCE((SELECT g.name FROM categories AS g WHERE g.id = p.category_id LOCK IN SHARE MODE), '') AS category_name
FROM customers AS c
STRAIGHT_JOIN products AS p ON p.id IN (sqlc.slice(ids))
WHERE c.id = :customer_id
ORDER BY p.id
FOR UPDATE;

-- name: lock_customer :one
SELECT id
FROM customers
WHERE id = :id
FOR UPDATE;

-- name: lock_products :many
SELECT id
FROM products
WHERE id IN (sqlc.slice(ids))
ORDER BY id
FOR UPDATE;

-- name: create_order :exec
INSERT INTO orders (id, customer_id, total_quantity, total_price, created_at)
VALUES (:id, :customer_id, :total_quantity, :total_price, :created_at);

-- name: create_order_items :exec
-- Creates all items of an order. They come as one JSON array, so that the text is the same for any number of them.
INSERT INTO order_items (order_id, product_id, id, quantity, unit_price)
SELECT :order_id, UNHEX(j.product_id), UNHEX(j.id), j.quantity, j.unit_price
FROM JSON_TABLE(
    :items, '$[*]' COLUMNS (
        product_id CHAR(32) PATH '$.product_id',
        id CHAR(32) PATH '$.id',
        quantity INT PATH '$.quantity',
        unit_price DECIMAL(12, 2) PATH '$.unit_price'
    )
) AS j;

-- name: apply_order :exec
-- Takes an order's items out of stock, counts them as sold, and adds the order to the totals of its customer. A row that matches
-- several times, as the customer's does for several items, is updated once. STRAIGHT_JOIN reads the items first: the optimizer
-- might otherwise scan the products, and wait for rows that other orders have locked.
UPDATE orders AS o
STRAIGHT_JOIN customers AS c ON c.id = o.customer_id
STRAIGHT_JOIN order_items AS i ON i.order_id = o.id
STRAIGHT_JOIN products AS p ON p.id = i.product_id
SET
    p.stock_quantity = p.stock_quantity - i.quantity,
    p.total_sold = p.total_sold + i.quantity,
    p.total_revenue = p.total_revenue + i.quantity * i.unit_price,
    c.total_orders = c.total_orders + 1,
    c.total_spent = c.total_spent + o.total_price
WHERE o.id = :order_id;

-- name: revert_order :exec
-- The opposite of apply_order.
UPDATE orders AS o
STRAIGHT_JOIN customers AS c ON c.id = o.customer_id
STRAIGHT_JOIN order_items AS i ON i.order_id = o.id
STRAIGHT_JOIN products AS p ON p.id = i.product_id
SET
    p.stock_quantity = p.stock_quantity + i.quantity,
    p.total_sold = p.total_sold - i.quantity,
    p.total_revenue = p.total_revenue - i.quantity * i.unit_price,
    c.total_orders = c.total_orders - 1,
    c.total_spent = c.total_spent - o.total_price
WHERE o.id = :order_id;

-- name: lock_order :many
-- All that an order shows, one row for each item, locked as in lock_for_order; no rows if there is no such order.
SELECT
    o.customer_id, c.name AS customer_name, c.email AS customer_email, o.total_quantity, o.total_price, o.created_at,
    i.id AS item_id, i.quantity, i.unit_price, p.id AS product_id, p.category_id, p.name AS product_name,
    p.stock_quantity,
    COALESCE((SELECT g.name FROM categories AS g WHERE g.id = p.category_id LOCK IN SHARE MODE), '') AS category_name
FROM orders AS o
STRAIGHT_JOIN customers AS c ON c.id = o.customer_id
STRAIGHT_JOIN order_items AS i ON i.order_id = o.id
STRAIGHT_JOIN products AS p ON p.id = i.product_id
WHERE o.id = :id
ORDER BY p.id
FOR UPDATE;

-- name: delete_order_items :exec
DELETE FROM order_items
WHERE order_id = :order_id;

-- name: delete_order :exec
DELETE FROM orders
WHERE id = :id;

-- name: get_order_totals :one
-- A customer's number of orders and their sum, counted in an index: the totals in the row of the customer must equal them.
SELECT COUNT(*) AS total_orders, COALESCE(SUM(total_price), 0) AS total_spent
FROM orders
WHERE customer_id = :customer_id;
