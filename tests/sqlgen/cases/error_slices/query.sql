-- name: two :many
SELECT id FROM products WHERE stock IN (sqlc.slice(a), sqlc.slice(b));
