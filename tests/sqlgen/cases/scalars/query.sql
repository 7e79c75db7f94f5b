-- name: list_names :many
SELECT name FROM products;

-- name: get_description :one
-- None both for a product without description and for no such product.
SELECT description FROM products WHERE id = :id;

-- name: list_ids :many
SELECT id FROM products WHERE price > :price;

-- name: created :one
SELECT created_at FROM products WHERE id = :id;
