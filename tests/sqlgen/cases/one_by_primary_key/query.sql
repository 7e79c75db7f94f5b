-- name: get_product :one
SELECT id, name, price, active, created_at, description FROM products WHERE id = :id;
