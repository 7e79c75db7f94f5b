SELECT 1;

-- name: get-order :one
SELECT 1;

-- name: twice :exec
DELETE FROM products WHERE id = ?; DELETE FROM orders WHERE id = ?;

-- name: twice :exec
DELETE FROM products WHERE id = ?;

-- name: GetOrder :one
SELECT COUNT(*) FROM orders;

-- name: get_order :one
SELECT COUNT(*) FROM orders;

-- name: nothing :one
