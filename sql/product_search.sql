-- name: count_products_by_name :one
-- How many products search_products and search_products_by_name find over all pages.
SELECT
    (
        SELECT COUNT(*)
        FROM product_trigrams AS k
        WHERE
            k.trigram = :trigram
            AND k.name LIKE CONCAT('%', :name, '%')
            AND (
                NOT EXISTS (SELECT 1 FROM products AS g WHERE g.unindexed_name IS NOT NULL)
                OR NOT EXISTS (
                    SELECT 1 FROM products AS o WHERE o.id = k.product_id AND o.unindexed_name IS NOT NULL
                )
            )
    )
    + (
        SELECT COUNT(*)
        FROM products AS n
        WHERE n.unindexed_name IS NOT NULL AND n.unindexed_name LIKE CONCAT('%', :name, '%')
    ) AS total;

-- name: search_products_by_name :many
-- row: SearchProductsRow
-- One page of the products with a part of a name, in the order of names, and their number on all pages.
-- `name` is the part, escaped for LIKE, and `trigram` one of its trigrams. Rows of that trigram are counted and read in
-- its index, in their order, up to `end`, the end of the page. With `skipped`, the offset of the page, a page past the end
-- is not read, at the cost of a second count on MariaDB. A product whose trigrams are not those of its name, as
-- an older release leaves it, is searched for in the index of such names, and its trigrams do not count.
-- order: name_asc name ASC, id ASC
-- order: name_desc name DESC, id DESC
WITH counted AS (
    SELECT
        (
            SELECT COUNT(*)
            FROM product_trigrams AS k
            WHERE
                k.trigram = :trigram
                AND k.name LIKE CONCAT('%', :name, '%')
                AND (
                    NOT EXISTS (SELECT 1 FROM products AS g WHERE g.unindexed_name IS NOT NULL)
                    OR NOT EXISTS (
                        SELECT 1 FROM products AS o WHERE o.id = k.product_id AND o.unindexed_name IS NOT NULL
                    )
                )
        )
        + (
            SELECT COUNT(*)
            FROM products AS n
            WHERE n.unindexed_name IS NOT NULL AND n.unindexed_name LIKE CONCAT('%', :name, '%')
        ) AS total
)
SELECT
    p.id, p.name, p.description, p.price, p.stock_quantity, p.is_active, p.total_sold, p.created_at,
    p.category_id, c.name AS category_name, c.description AS category_description,
    (SELECT total FROM counted) AS total
FROM (
    SELECT m.id
    FROM (
        (
            SELECT q.name, q.id
            FROM products AS q
            WHERE q.unindexed_name IS NOT NULL AND q.unindexed_name LIKE CONCAT('%', :name, '%') AND sqlc.after(q)
            ORDER BY sqlc.order_by(q)
            LIMIT :end
        )
        UNION ALL
        (
            SELECT r.name, r.id
            FROM (
                SELECT t.name, t.product_id AS id
                FROM product_trigrams AS t
                WHERE
                    t.trigram = :trigram
                    AND t.name LIKE CONCAT('%', :name, '%')
                    AND (
                        NOT EXISTS (SELECT 1 FROM products AS h WHERE h.unindexed_name IS NOT NULL)
                        OR NOT EXISTS (
                            SELECT 1 FROM products AS s WHERE s.id = t.product_id AND s.unindexed_name IS NOT NULL
                        )
                    )
            ) AS r
            WHERE sqlc.optional(:skipped < (SELECT total FROM counted)) AND sqlc.after(r)
            ORDER BY sqlc.order_by(r)
            LIMIT :end
        )
    ) AS m
    ORDER BY sqlc.order_by(m)
    LIMIT :limit OFFSET :offset
) AS page
JOIN products AS p ON p.id = page.id
JOIN categories AS c ON c.id = p.category_id
ORDER BY sqlc.order_by(p);

-- name: search_products :many
-- row: SearchProductsRow
-- One page of the products with a part of a name, in another order than that of names, and their number on all pages.
-- Parameters and count are those of search_products_by_name. The index of the order is searched: the part must be one that is
-- soon found often enough.
-- order: price_asc price ASC, id ASC
-- order: price_desc price DESC, id DESC
-- order: stock_asc stock_quantity ASC, id ASC
-- order: stock_desc stock_quantity DESC, id DESC
-- order: sold_desc total_sold DESC, id DESC
-- order: newest created_at DESC, id DESC
-- order: oldest created_at ASC, id ASC
WITH counted AS (
    SELECT
        (
            SELECT COUNT(*)
            FROM product_trigrams AS k
            WHERE
                k.trigram = :trigram
                AND k.name LIKE CONCAT('%', :name, '%')
                AND (
                    NOT EXISTS (SELECT 1 FROM products AS g WHERE g.unindexed_name IS NOT NULL)
                    OR NOT EXISTS (
                        SELECT 1 FROM products AS o WHERE o.id = k.product_id AND o.unindexed_name IS NOT NULL
                    )
                )
        )
        + (
            SELECT COUNT(*)
            FROM products AS n
            WHERE n.unindexed_name IS NOT NULL AND n.unindexed_name LIKE CONCAT('%', :name, '%')
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
        AND q.name LIKE CONCAT('%', :name, '%')
        AND sqlc.after(q)
    ORDER BY sqlc.order_by(q)
    LIMIT :limit OFFSET :offset
) AS page
JOIN products AS p ON p.id = page.id
JOIN categories AS c ON c.id = p.category_id
ORDER BY sqlc.order_by(p);
