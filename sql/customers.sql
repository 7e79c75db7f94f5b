-- name: create_customer :exec
-- Refused by the unique key customers_email where the address is in use.
INSERT INTO customers (id, name, email, created_at)
VALUES (:id, :name, :email, :created_at);

-- name: get_customer :one
-- row: CustomerRow
SELECT id, name, email, created_at
FROM customers
WHERE id = :id;

-- name: list_customers :many
-- explain-ok: full-scan: 64 stripes of the statistics
-- One page of customers, newest first, and the number of all customers.
-- order: newest created_at DESC, id DESC
WITH counted AS (
    SELECT CAST(COALESCE(SUM(s.customers), 0) AS SIGNED) AS total
    FROM statistics AS s
)
SELECT c.id, c.name, c.email, c.created_at, t.total
FROM (
    SELECT q.id
    FROM customers AS q
    WHERE :offset < (SELECT total FROM counted) AND sqlc.after(q)
    ORDER BY sqlc.order_by(q)
    LIMIT :limit OFFSET :offset
) AS page
JOIN customers AS c ON c.id = page.id
CROSS JOIN counted AS t
ORDER BY sqlc.order_by(c);

-- name: lock_customer :one
-- row: CustomerRow
-- A customer as it is before a change, locked until the transaction ends.
SELECT id, name, email, created_at
FROM customers
WHERE id = :id
FOR UPDATE;

-- name: update_customer :exec
-- Refused by the unique key customers_email where the address is in use.
UPDATE customers
SET name = :name, email = :email
WHERE id = :id;

-- name: delete_customer :execrows
-- Refused by the foreign key orders_customer while the customer has orders.
DELETE FROM customers
WHERE id = :id;
