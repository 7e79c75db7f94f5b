-- The number of products by price (migrations/0023). A transaction that writes a price sets products.price_bucket, and adds the
-- difference to the counts.

-- name: add_price_counts :exec
-- Adds the differences `counts`, a JSON array of {bucket, products}, to the stripes of this connection.
INSERT INTO product_price_counts (bucket, stripe, products)
SELECT j.bucket, CONNECTION_ID() % 8, j.products
FROM JSON_TABLE(
    :counts, '$[*]' COLUMNS (
        bucket DECIMAL(12, 2) PATH '$.bucket',
        products BIGINT PATH '$.products'
    )
) AS j
ON DUPLICATE KEY UPDATE products = product_price_counts.products + j.products;

-- name: get_price_count_state :one
-- explain-ok: full-scan: 64 stripes of the statistics
-- Is any product not counted; and how many products the counts have above the statistics. Once all products are counted, these
-- are the products that an older release has deleted without taking them from the counts.
SELECT
    EXISTS (SELECT 1 FROM products AS u WHERE u.uncounted_bucket IS NOT NULL) AS has_uncounted,
    CAST(
        (SELECT COALESCE(SUM(c.products), 0) FROM product_price_counts AS c WHERE c.bucket = -1)
        - (SELECT COALESCE(SUM(s.products), 0) FROM statistics AS s) AS SIGNED
    ) AS surplus;

-- name: lock_uncounted_products :many
-- Products that are not counted in the bucket of their price, locked until the transaction ends. Leaves out those that
-- another transaction has locked. COALESCE is for the compiler.
SELECT p.id, p.price_bucket, COALESCE(p.uncounted_bucket, 0) AS bucket
FROM products AS p
WHERE p.uncounted_bucket IS NOT NULL
LIMIT :limit
FOR UPDATE SKIP LOCKED;

-- name: set_price_buckets :exec
-- Records that these products are counted in the buckets of their prices. This is no change of the product.
UPDATE products
SET price_bucket = COALESCE(uncounted_bucket, price_bucket), updated_at = updated_at
WHERE id IN (sqlc.slice(product_ids));

-- name: lock_price_counts :exec
-- Lets one transaction repair the counts at a time: locks a row for it, in a stripe that no connection adds to.
INSERT INTO product_price_counts (bucket, stripe, products)
VALUES (-1, -1, 0)
ON DUPLICATE KEY UPDATE products = products;

-- name: list_price_count_errors :many
-- explain-ok: full-scan: every product is counted again
-- explain-ok: temporary-table: one row for each bucket
-- explain-ok: filesort: one row for each bucket
-- The difference of each bucket whose count is not that of its products.
SELECT e.bucket, CAST(SUM(e.products) AS SIGNED) AS products
FROM (
    SELECT p.price_bucket AS bucket, COUNT(*) AS products
    FROM products AS p
    WHERE p.price_bucket IS NOT NULL
    GROUP BY p.price_bucket
    UNION ALL
    SELECT -1, COUNT(*)
    FROM products AS a
    WHERE a.price_bucket IS NOT NULL
    UNION ALL
    SELECT c.bucket, -c.products
    FROM product_price_counts AS c
) AS e
GROUP BY e.bucket
HAVING SUM(e.products) <> 0
ORDER BY e.bucket;
