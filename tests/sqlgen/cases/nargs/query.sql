-- name: search :many
SELECT name FROM products
WHERE (sqlc.narg(category_id) IS NULL OR category_id = sqlc.narg(category_id))
  AND created_at > COALESCE(sqlc.narg('since'), '2020-01-01');

-- name: set_description :exec
UPDATE products SET description = :description, discontinued_at = ? WHERE id = ?;
