-- The trigrams of product names (migrations/0015). A transaction that writes a name writes its trigrams, and sets
-- products.indexed_name.

-- name: add_trigrams :exec
-- Adds the trigrams of the names of these products, which must have none. Of trigrams that the collation takes for equal
-- one is added. DISTINCT would not do: MySQL finds duplicates by a hash, which differs for some of them. Rows that come in the
-- order of the primary key fill its pages: in any other order, these take 1.6 times the space.
INSERT INTO product_trigrams (product_id, trigram, name)
WITH RECURSIVE places AS (
    SELECT 1 AS place
    UNION ALL
    SELECT place + 1 FROM places WHERE place < 198
)
SELECT p.id, SUBSTRING(p.name, s.place, 3), p.name
FROM products AS p
JOIN places AS s ON s.place <= CHAR_LENGTH(p.name) - 2
WHERE p.id IN (sqlc.slice(product_ids))
ORDER BY p.id, SUBSTRING(p.name, s.place, 3)
ON DUPLICATE KEY UPDATE trigram = product_trigrams.trigram;

-- name: delete_trigrams :exec
DELETE FROM product_trigrams
WHERE product_id IN (sqlc.slice(product_ids));

-- name: has_unindexed_products :one
-- Does any product have no trigrams, or those of another name?
SELECT EXISTS (SELECT 1 FROM products AS p WHERE p.unindexed_name IS NOT NULL) AS has_unindexed_products;

-- name: lock_unindexed_products :many
-- Products whose trigrams do not exist or are those of another name, locked until the transaction ends. Leaves out
-- those that another transaction has locked.
SELECT p.id
FROM products AS p
WHERE p.unindexed_name IS NOT NULL
LIMIT :limit
FOR UPDATE SKIP LOCKED;

-- name: set_indexed_names :exec
-- Records that the trigrams of these products are those of their names. This is no change of the product.
UPDATE products
SET indexed_name = name, updated_at = updated_at
WHERE id IN (sqlc.slice(product_ids));

-- name: count_trigrams :one
-- explain-ok: full-scan: 64 stripes of the statistics
-- The number of rows of three trigrams, each counted up to `most`, and the number of products.
SELECT
    (SELECT CAST(COALESCE(SUM(s.products), 0) AS SIGNED) FROM statistics AS s) AS products,
    (SELECT COUNT(*) FROM (SELECT 1 FROM product_trigrams AS a WHERE a.trigram = :first LIMIT :most) AS x) AS first,
    (SELECT COUNT(*) FROM (SELECT 1 FROM product_trigrams AS b WHERE b.trigram = :middle LIMIT :most) AS y) AS middle,
    (SELECT COUNT(*) FROM (SELECT 1 FROM product_trigrams AS c WHERE c.trigram = :last LIMIT :most) AS z) AS last;
