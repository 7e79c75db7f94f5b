-- name: delete_product :exec
DELETE FROM products WHERE id = :id;

-- name: set_price :execrows
UPDATE products SET price = :price WHERE id = :id;

-- name: add_order :execlastid
INSERT INTO orders (id, note) VALUES (:id, :note);

-- name: touch_orders :execresult
UPDATE orders SET note = NULL WHERE status = :status;

-- name: lock_product :exec
SELECT id FROM products WHERE id = :id FOR UPDATE;
