-- name: nullable :many
-- order: a discontinued_at ASC, id ASC
SELECT id, discontinued_at FROM products WHERE sqlc.after() ORDER BY sqlc.order_by();

-- name: ties :many
-- order: a price ASC, name ASC
SELECT id, price, name FROM products WHERE sqlc.after() ORDER BY sqlc.order_by();

-- name: not_selected :many
-- order: a price ASC, id ASC
SELECT id FROM products WHERE sqlc.after() ORDER BY sqlc.order_by();

-- name: not_sorted :many
-- order: a id ASC
SELECT id FROM products WHERE sqlc.after();

-- name: not_listed :many
SELECT id FROM products ORDER BY sqlc.order_by();

-- name: not_used :many
-- order: a id ASC
SELECT id FROM products;

-- name: no_such_column :many
-- order: a prise ASC, id ASC
SELECT id, price FROM products ORDER BY sqlc.order_by();
