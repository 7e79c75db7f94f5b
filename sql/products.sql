-- name: create_product :exec
-- Refused by the foreign key products_category where there is no such category. The caller adds the trigrams of the name, and
-- counts the product in its bucket.
INSERT INTO products
    (id, category_id, name, indexed_name, description, price, price_bucket, stock_quantity, is_active, created_at)
VALUES
    (:id, :category_id, :name, :name, :description, :price, :price_bucket, :stock_quantity, :is_active, :created_at);

-- name: get_product :one
-- One product with its category.
SELECT
    p.id, p.name, p.description, p.price, p.stock_quantity, p.is_active, p.total_sold, p.created_at,
    p.category_id, c.name AS category_name, c.description AS category_description
FROM products AS p
JOIN categories AS c ON c.id = p.category_id
WHERE p.id = :id;

-- name: lock_product :one
-- A product as it is before a change, locked until the transaction ends, and its category, locked in share mode. COALESCE is for the
-- compiler: a foreign key sees to it that each product has a category.
SELECT
    p.id, p.category_id, p.name, p.description, p.price, p.stock_quantity, p.is_active, p.total_sold, p.total_revenue,
    p.created_at, p.price_bucket,
    COALESCE((SELECT c.name FROM categories AS c WHERE c.id = p.category_id LOCK IN SHARE MODE), '') AS category_name,
    (SELECT c.description FROM categories AS c WHERE c.id = p.category_id LOCK IN SHARE MODE) AS category_description
FROM products AS p
WHERE p.id = :id
FOR UPDATE;

-- name: share_category :one
-- What a product shows of its category, kept as it is until the transaction ends.
SELECT name, description
FROM categories
WHERE id = :id
LOCK IN SHARE MODE;

-- name: update_product :exec
-- Refused by the foreign key products_category where there is no such category. After a new name (`is_renamed`), the
-- caller replaces the trigrams; if its bucket is another one, it moves the product's count.
UPDATE products
SET
    category_id = :category_id,
    name = :name,
    indexed_name = IF(:is_renamed, :name, indexed_name),
    description = :description,
    price = :price,
    price_bucket = :price_bucket,
    stock_quantity = :stock_quantity,
    is_active = :is_active
WHERE id = :id;

-- name: delete_product :exec
-- Refused by the foreign key order_items_product while an order names the product.
DELETE FROM products
WHERE id = :id;
