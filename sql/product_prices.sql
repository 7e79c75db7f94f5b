-- Lists of the products with a price in a range, counted without reading each product (migrations/0023). Products from `first` to
-- below `end`, the lowest prices of two buckets, are counted by the counts of the buckets between them. Only those from
-- `low` to below `first`, and from `end` to `high`, are counted one by one. All are counted one by one if no bucket lies between, if an
-- older release has left a product that is not in its bucket, or has deleted one that was.

-- name: list_products_by_price :many
-- explain-ok: full-scan: 64 stripes of the statistics
-- One page of the products with a price from `low` to `high`, and their number on all pages. With `skipped`, the offset of the
-- page, a page past the end is not searched for.
-- order: name_asc name ASC, id ASC
-- order: name_desc name DESC, id DESC
-- order: price_asc price ASC, id ASC
-- order: price_desc price DESC, id DESC
-- order: stock_asc stock_quantity ASC, id ASC
-- order: stock_desc stock_quantity DESC, id DESC
-- order: sold_desc total_sold DESC, id DESC
-- order: newest created_at DESC, id DESC
-- order: oldest created_at ASC, id ASC
WITH counted AS (
    SELECT
        COALESCE(
            (
                SELECT
                    CAST(SUM(b.products) AS SIGNED)
                    + (SELECT COUNT(*) FROM products AS x WHERE x.price >= :low AND x.price < :first)
                    + (SELECT COUNT(*) FROM products AS y WHERE y.price >= :end AND y.price <= :high)
                FROM product_price_counts AS b
                WHERE
                    b.bucket >= :first
                    AND b.bucket < :end
                    AND NOT EXISTS (SELECT 1 FROM products AS u WHERE u.uncounted_bucket IS NOT NULL)
                    AND (SELECT SUM(g.products) FROM product_price_counts AS g WHERE g.bucket = -1)
                        = (SELECT SUM(v.products) FROM statistics AS v)
            ),
            (SELECT COUNT(*) FROM products AS k WHERE k.price >= :low AND k.price <= :high)
        ) AS total
)
SELECT
    p.id, p.name, p.description, p.price, p.stock_quantity, p.is_active, p.total_sold, p.created_at,
    p.category_id, c.name AS category_name, c.description AS category_description,
    (SELECT total FROM counted) AS total
FROM (
    SELECT q.id
    FROM products AS q
    WHERE
        sqlc.optional(:skipped < (SELECT total FROM counted))
        AND q.price >= :low
        AND q.price <= :high
        AND sqlc.after(q)
    ORDER BY sqlc.order_by(q)
    LIMIT :limit OFFSET :offset
) AS page
JOIN products AS p ON p.id = page.id
JOIN categories AS c ON c.id = p.category_id
ORDER BY sqlc.order_by(p);

-- name: count_products_by_price :one
-- explain-ok: full-scan: 64 stripes of the statistics
-- How many products list_products_by_price finds over all pages.
SELECT
    COALESCE(
        (
            SELECT
                CAST(SUM(b.products) AS SIGNED)
                + (SELECT COUNT(*) FROM products AS x WHERE x.price >= :low AND x.price < :first)
                + (SELECT COUNT(*) FROM products AS y WHERE y.price >= :end AND y.price <= :high)
            FROM product_price_counts AS b
            WHERE
                b.bucket >= :first
                AND b.bucket < :end
                AND NOT EXISTS (SELECT 1 FROM products AS u WHERE u.uncounted_bucket IS NOT NULL)
                AND (SELECT SUM(g.products) FROM product_price_counts AS g WHERE g.bucket = -1)
                    = (SELECT SUM(v.products) FROM statistics AS v)
        ),
        (SELECT COUNT(*) FROM products AS k WHERE k.price >= :low AND k.price <= :high)
    ) AS total;
