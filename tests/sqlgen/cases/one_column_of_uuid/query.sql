-- name: ids :many
SELECT id FROM products WHERE category_id = ?;

-- name: has_product :one
SELECT EXISTS (SELECT 1 FROM products WHERE id = ?) AS found;
