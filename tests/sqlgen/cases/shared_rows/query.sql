-- name: cheap :many
-- row: Listed
SELECT id, name, price FROM products WHERE price < :price;

-- name: named :many
-- row: Listed
SELECT p.id, p.name, p.price FROM products p WHERE name = :name;

-- name: one_column :many
-- row: OnlyName
SELECT name FROM products;
