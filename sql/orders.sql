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
-- The page is found in an index first; customers and items are joined only to its rows.
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
    WHERE :offset < (SELECT total FROM counted) AND sqlc.after(q)
    ORDER BY sqlc.order_by(q)
    LIMIT :limit OFFSET :offset
) AS page
JOIN orders AS o ON o.id = page.id
JOIN customers AS c ON c.id = o.customer_id
CROSS JOIN counted AS t
ORDER BY sqlc.order_by(o);

-- Placing an order: lock_customer, lock_products, create_order, create_order_items, take_stock, update_customer_totals. Every
-- transaction locks in this order - its order, the customer, products by id - so that two of them rarely wait for each other.

-- name: lock_customer :one
-- The customer, if there is one; its row, and with it its totals, is locked until the transaction ends.
SELECT id
FROM customers
WHERE id = :id
FOR UPDATE;

-- name: lock_products :many
-- What an order needs to know of its products; their rows are locked, by ascending id, until the transaction ends.
SELECT id, name, price, stock_quantity, is_active
FROM products
WHERE id IN (sqlc.slice(ids))
ORDER BY id
FOR UPDATE;

-- name: create_order :exec
INSERT INTO orders (id, customer_id, total_quantity, total_price, created_at)
VALUES (:id, :customer_id, :total_quantity, :total_price, :created_at);

-- name: create_order_items :copyfrom
INSERT INTO order_items (order_id, product_id, id, quantity, unit_price)
VALUES (:order_id, :product_id, :id, :quantity, :unit_price);

-- name: take_stock :exec
-- Takes an order's items out of stock, and counts them as sold. STRAIGHT_JOIN reads the items first: the
-- optimizer might otherwise scan the products, and wait for rows that other orders have locked.
UPDATE order_items AS i
STRAIGHT_JOIN products AS p ON p.id = i.product_id
SET p.stock_quantity = p.stock_quantity - i.quantity, p.total_sold = p.total_sold + i.quantity
WHERE i.order_id = :order_id;

-- name: give_stock_back :exec
-- The opposite of take_stock.
UPDATE order_items AS i
STRAIGHT_JOIN products AS p ON p.id = i.product_id
SET p.stock_quantity = p.stock_quantity + i.quantity, p.total_sold = p.total_sold - i.quantity
WHERE i.order_id = :order_id;

-- name: update_customer_totals :exec
-- Counts an order, or takes it away with -1 and a negative price.
UPDATE customers
SET total_orders = total_orders + :orders, total_spent = total_spent + :price
WHERE id = :id;

-- name: lock_order :one
-- What deleting an order takes away, locked until the transaction ends.
SELECT customer_id, total_quantity, total_price
FROM orders
WHERE id = :id
FOR UPDATE;

-- name: list_order_pieces :many
-- The products of an order, to be locked with lock_products, and the pieces of each.
SELECT product_id, quantity
FROM order_items
WHERE order_id = :order_id;

-- name: share_order_categories :exec
-- Keeps the categories of an order's products as they are until the transaction ends: an order shows their names. STRAIGHT_JOIN
-- reads the items first, so that no other row is locked.
SELECT g.id
FROM order_items AS i
STRAIGHT_JOIN products AS p ON p.id = i.product_id
STRAIGHT_JOIN categories AS g ON g.id = p.category_id
WHERE i.order_id = :order_id
LOCK IN SHARE MODE;

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
