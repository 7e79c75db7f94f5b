-- Changes of a product's stock by a difference, with their reasons. The product is locked with lock_stock first.

-- name: lock_stock :one
-- The stock of a product before a change, locked until the transaction ends.
SELECT name, category_id, stock_quantity
FROM products
WHERE id = :product_id
FOR UPDATE;

-- name: move_stock :exec
UPDATE products
SET stock_quantity = stock_quantity + :delta
WHERE id = :product_id;

-- name: create_stock_change :exec
INSERT INTO stock_changes (id, product_id, delta, reason, stock_after, created_at)
VALUES (:id, :product_id, :delta, :reason, :stock_after, :created_at);

-- name: get_stock_change :one
-- One change of a product's stock; none if the change is of another product.
SELECT s.id, s.delta, s.reason, s.stock_after, s.created_at
FROM stock_changes AS s
WHERE s.id = :id AND s.product_id = :product_id;

-- name: list_stock_changes :many
-- One page of the changes of a product's stock, newest first, and the number of all its changes.
-- order: newest created_at DESC, id DESC
SELECT
    s.id, s.delta, s.reason, s.stock_after, s.created_at,
    (SELECT COUNT(*) FROM stock_changes AS k WHERE k.product_id = :product_id) AS total
FROM (
    SELECT q.id
    FROM stock_changes AS q
    WHERE q.product_id = :product_id AND sqlc.after(q)
    ORDER BY sqlc.order_by(q)
    LIMIT :limit OFFSET :offset
) AS page
JOIN stock_changes AS s ON s.id = page.id
ORDER BY sqlc.order_by(s);

-- name: count_stock_changes :one
-- The number of changes of a product's stock; no row if the product does not exist.
SELECT (SELECT COUNT(*) FROM stock_changes AS s WHERE s.product_id = p.id) AS total
FROM products AS p
WHERE p.id = :product_id;
