-- name: in_or :many
SELECT id FROM products WHERE stock = 1 OR sqlc.optional(price = :price);

-- name: no_parameter :many
SELECT id FROM products WHERE sqlc.optional(stock = 1);

-- name: in_select :many
SELECT sqlc.optional(stock = :stock) FROM products;

-- name: negated :many
SELECT id FROM products WHERE NOT sqlc.optional(stock = :stock);
