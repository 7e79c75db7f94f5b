-- name: get_category :one
SELECT * FROM categories WHERE id = :id;

-- name: add_categories :copyfrom
INSERT INTO categories (id, name) VALUES (:id, :name);

-- name: export_names :stream
SELECT name FROM categories;

-- name: search :many
SELECT name FROM products WHERE sqlc.optional(stock > :stock);
