-- name: a :many
INSERT INTO categories (id, name) VALUES (?, ?);

-- name: b :execlastid
UPDATE products SET stock = 1;

-- name: c :copyfrom
INSERT INTO categories (id, name) SELECT id, name FROM products;

-- name: d :copyfrom
INSERT INTO categories (id, name) VALUES (:id, :name) ON DUPLICATE KEY UPDATE name = :other;

-- name: e :execrows
SELECT id FROM products;

-- name: f :stream
DELETE FROM products;
