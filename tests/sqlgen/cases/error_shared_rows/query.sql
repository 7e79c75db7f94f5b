-- name: a :many
-- row: Listed
SELECT id, name FROM products;

-- name: b :many
-- row: Listed
SELECT id, description AS name FROM products;

-- name: c :exec
-- row: Listed
DELETE FROM products;
