-- name: list_orders :many
SELECT * FROM orders ORDER BY created_at;

-- name: get_order :one
SELECT o.* FROM orders o WHERE o.id = ?;

-- name: list_categories :many
SELECT id, name FROM categories;
