-- name: product_with_category :one
SELECT p.name, sqlc.embed(c) FROM products p JOIN categories c ON c.id = p.category_id WHERE p.id = :id;

-- name: items_with_products :many
SELECT i.line, sqlc.embed(products), i.quantity
FROM order_items i LEFT JOIN products ON products.id = i.product_id;

-- name: only_embedded :many
SELECT sqlc.embed(c) FROM products p JOIN categories c ON c.id = p.category_id;
