-- name: list_products :many
-- row: ListProductsRow
-- explain-ok: full-scan: a part of a name is searched for in the whole index, but only if :is_filtered
-- One page of products, each with its category, and the number of products on all pages.
-- `name` is a part of the name, already escaped for LIKE. With `is_filtered`, the products that are found are
-- counted. Without it, the total is that of the statistics, less the products with a stock below `least_stock`. The page is
-- found in an index first; whole rows are read only for the page. With `skipped`, the offset of the page, the products
-- are counted first, and a page past the end is not searched for: that search would go to the end of the index.
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
        IF(
            :is_filtered,
            (
                SELECT COUNT(*)
                FROM products AS k
                WHERE
                    sqlc.optional(k.name LIKE CONCAT('%', :name, '%'))
                    AND sqlc.optional(k.category_id = :category_id)
                    AND sqlc.optional(k.price >= :min_price)
                    AND sqlc.optional(k.price <= :max_price)
                    AND sqlc.optional(k.stock_quantity >= :min_stock)
                    AND sqlc.optional(k.stock_quantity <= :max_stock)
            ),
            (SELECT CAST(COALESCE(SUM(s.products), 0) AS SIGNED) FROM statistics AS s)
            - (SELECT COUNT(*) FROM products AS o WHERE o.stock_quantity < :least_stock)
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
        AND sqlc.optional(q.name LIKE CONCAT('%', :name, '%'))
        AND sqlc.optional(q.category_id = :category_id)
        AND sqlc.optional(q.price >= :min_price)
        AND sqlc.optional(q.price <= :max_price)
        AND sqlc.optional(q.stock_quantity >= :min_stock)
        AND sqlc.optional(q.stock_quantity <= :max_stock)
        AND sqlc.after(q)
    ORDER BY sqlc.order_by(q)
    LIMIT :limit OFFSET :offset
) AS page
JOIN products AS p ON p.id = page.id
JOIN categories AS c ON c.id = p.category_id
ORDER BY sqlc.order_by(p);

-- name: count_products :one
-- explain-ok: full-scan: a name is searched for in the middle; without a filter the statistics are read instead
-- How many products list_products finds over all pages. Without any filter, read the totals in the statistics instead.
SELECT COUNT(*) AS total
FROM products AS q
WHERE
    sqlc.optional(q.name LIKE CONCAT('%', :name, '%'))
    AND sqlc.optional(q.category_id = :category_id)
    AND sqlc.optional(q.price >= :min_price)
    AND sqlc.optional(q.price <= :max_price)
    AND sqlc.optional(q.stock_quantity >= :min_stock)
    AND sqlc.optional(q.stock_quantity <= :max_stock);
