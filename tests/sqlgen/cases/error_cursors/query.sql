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

-- name: repeated_by_a_join :many
-- order: newest created_at DESC, id DESC
SELECT o.id, o.created_at, i.line
FROM orders o JOIN order_items i ON i.order_id = o.id WHERE sqlc.after(o) ORDER BY sqlc.order_by(o) LIMIT :most;

-- name: repeated_where_the_page_ends :many
-- order: newest created_at DESC, id DESC
SELECT o.id, o.created_at, i.line
FROM (SELECT x.id, x.created_at FROM orders x WHERE sqlc.after(x) ORDER BY sqlc.order_by(x)) o
JOIN order_items i ON i.order_id = o.id ORDER BY sqlc.order_by(o) LIMIT :most;
