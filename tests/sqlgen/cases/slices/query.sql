-- name: by_ids :many
SELECT name FROM products WHERE id IN (sqlc.slice(ids)) AND stock NOT IN (sqlc.slice('stocks'));

-- name: in_longer_lists :many
SELECT name FROM products WHERE stock IN (1, sqlc.slice(more)) OR stock IN (sqlc.slice(others), 2, 3);

-- name: as_arguments :many
SELECT name FROM products ORDER BY FIELD(name, sqlc.slice(names));
