-- name: add_category :exec
INSERT INTO categories (id, name) VALUES (:id, :name);

-- name: clear_categories :execrows
DELETE FROM categories;

-- name: clear_products :execrows
DELETE FROM products;

-- name: add_products :copyfrom
INSERT INTO products (id, category_id, name, description, price, stock, active, created_at)
VALUES (:id, :category_id, UPPER(:name), :description, :price, :stock, :active, :created_at)
ON DUPLICATE KEY UPDATE price = VALUES(price), name = CONCAT(VALUES(name), ' 100%');

-- name: get_product :one
SELECT * FROM products WHERE id = ?;

-- name: get_price :one
SELECT price FROM products WHERE id = :id;

-- name: totals :one
SELECT COUNT(*) AS products, SUM(stock) AS stock, COALESCE(SUM(price), 0) AS price FROM products;

-- name: names_of :many
SELECT name FROM products WHERE id IN (sqlc.slice(ids)) ORDER BY name;

-- name: names_except :many
SELECT name FROM products WHERE id NOT IN (sqlc.slice(ids)) ORDER BY name;

-- name: stock_in :many
SELECT name FROM products WHERE stock IN (1, sqlc.slice(more)) OR stock IN (sqlc.slice(others), 2) ORDER BY name;

-- name: in_given_order :many
SELECT name FROM products ORDER BY FIELD(name, sqlc.slice(names)), name;

-- name: search :many
SELECT name FROM products p
WHERE sqlc.optional(p.category_id = :category_id)
  AND sqlc.optional(p.name LIKE CONCAT('%', :part, '%')) -- '%' is text
  AND sqlc.optional(p.price BETWEEN :low AND :high)
  AND sqlc.optional(p.stock > 0, :in_stock)
  AND sqlc.optional(p.stock < :less_than, :scarce)
  AND sqlc.optional(p.description <=> sqlc.narg(description))
  AND sqlc.optional(p.id IN (sqlc.slice(ids)))
ORDER BY name;

-- name: list_products :many
-- order: newest created_at DESC, id DESC
-- order: price_asc price ASC, name DESC, id ASC
-- order: stock_desc stock DESC, id ASC
SELECT p.id, p.name, p.price, p.stock, p.created_at, c.name AS category
FROM (
    SELECT * FROM products q
    WHERE sqlc.after(q) AND sqlc.optional(q.category_id = :category_id)
    ORDER BY sqlc.order_by(q)
    LIMIT :limit
) p
LEFT JOIN categories c ON c.id = p.category_id
ORDER BY sqlc.order_by(p);

-- name: with_category :many
SELECT p.name, sqlc.embed(c) FROM products p LEFT JOIN categories c ON c.id = p.category_id ORDER BY p.name;

-- name: categories_with_products :many
SELECT c.name, JSON_ARRAYAGG(JSON_OBJECT('name', p.name, 'price', p.price, 'created', p.created_at)) AS products
FROM categories c LEFT JOIN products p ON p.category_id = c.id
GROUP BY c.id, c.name ORDER BY c.name;

-- name: product_json :one
SELECT JSON_OBJECT(
    'id', id, 'price', price, 'active', active, 'created', created_at, 'note', description, 'many words', name
) AS product
FROM products WHERE id = :id;

-- name: everything_json :one
SELECT JSON_OBJECT(
    'flag', flag, 'big', big, 'amount', amount, 'ratio', ratio, 'bits', bits, 'day', day, 'moment', moment,
    'stamp', stamp, 'span', span, 'year', year_, 'ident', ident_id, 'picture', picture, 'words', words, 'kind', kind,
    'kinds', kinds, 'doc', doc, 'place', place, 'pair', JSON_ARRAY(tiny, words), 'many', JSON_ARRAY(span, span)
) AS everything
FROM everything WHERE id = :id;

-- name: export_products :stream
SELECT id, name, price FROM products ORDER BY id;

-- name: take_stock :batch
UPDATE products SET stock = stock - :quantity WHERE id = :id AND stock >= :quantity;

-- name: find_prices :batch
SELECT price FROM products WHERE id = :id;

-- name: find_in_stock :batch
SELECT name FROM products WHERE stock >= :stock ORDER BY name;

-- name: add_numbered :execlastid
INSERT INTO numbered (label) VALUES (:label);

-- name: relabel :execresult
UPDATE numbered SET label = :label WHERE id = :id;

-- name: label_of :one
SELECT label FROM numbered WHERE id = ?;

-- name: literal_text :one
SELECT '100%' AS percent, 'what? %s :no' AS marks, 'it''s \\ "x"' AS quotes, '"""' AS triple, 7 % 4 AS rest;

-- name: literal_text_of :one
SELECT '100%' AS percent, 'what? %s :no' AS marks, 'it''s \\ "x"' AS quotes, '"""' AS triple, stock % 4 AS rest
FROM products WHERE id = :id;

-- name: put_everything :exec
REPLACE INTO everything
VALUES (:id, :tiny, :flag, :big, :amount, :single, :ratio, :bits, :day, :moment, :stamp, :span, :year_, :letters, :ident_id,
    :raw_bytes, :picture, :words, :latin, :kind, :kinds, :doc, ST_PointFromText(:place));

-- name: get_everything :one
SELECT * FROM everything WHERE id = :id;

-- name: add_odd :exec
INSERT INTO odd_names (id, `class`, conn, self, `date`, `int`, `a b`) VALUES (:id, :class, :conn, :self, :date, :int, :a);

-- name: import :many
SELECT `class`, conn, self, `date`, `int`, `a b`, id, id, COUNT(*) OVER () FROM odd_names
WHERE `class` = :class AND conn = :conn AND self = :self AND `date` = :date;

-- name: clear_switches :exec
DELETE FROM switches;

-- name: add_switches :copyfrom
INSERT INTO switches (id, flag, word) VALUES (:id, :flag, :word);

-- name: distinct_flags :many
SELECT DISTINCT flag FROM switches ORDER BY flag;

-- name: distinct_words :many
SELECT word FROM switches GROUP BY word ORDER BY MIN(id);

-- name: computed_flags :many
SELECT COALESCE(flag, flag) AS given, MAX(flag) AS greatest, IF(id > 1, flag, NULL) AS chosen,
  (SELECT flag) AS selected, MIN(flag) OVER () AS least
FROM switches GROUP BY id, flag ORDER BY id;

-- name: materialized_flags :many
SELECT DISTINCT COALESCE(flag, flag) AS flag FROM switches ORDER BY flag;

-- name: flags_in_json :many
SELECT JSON_OBJECT('flag', flag, 'given', COALESCE(flag, flag), 'word', word) AS switch FROM switches ORDER BY id;
