-- name: by_name :one
SELECT id FROM products WHERE name = :name;
