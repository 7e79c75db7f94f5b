-- name: create_product :exec
-- Refused by the foreign key products_category where there is no such category. The caller adds the trigrams of the name.
INSERT INTO products (id, category_id, name, indexed_name, description, price, stock_quantity, is_active, created_at)
VALUES (:id, :category_id, :name, :name, :description, :price, :stock_quantity, :is_active, :created_at);

-- name: get_product :one
-- One product with its category.
SELECT
    p.id, p.name, p.description, p.price, p.stock_quantity, p.is_active, p.total_sold, p.created_at,
    p.category_id, c.name AS category_name, c.description AS category_description
FROM products AS p
JOIN categories AS c ON c.id = p.category_id
WHERE p.id = :id;

-- name: list_products :many
-- row: ListProductsRow
-- explain-ok: full-scan: a part of a name is searched for in the whole index, but only if :is_filtered
-- One page of products, each with its category, and the number of products on all pages.
-- `name` is a part of the name, already escaped for LIKE. `rare` is a trigram of it that few names have: only these are
-- searched, and those whose trigrams are not those of their name. `is_filtered` tells if any filter is given: then the products
-- are counted, otherwise the total is read in the statistics. The page is found in an index first; whole rows are read
-- only for the page. With `skipped`, the offset of the page, the products are counted first, and a page past the end is
-- not searched for: that search would go to the end of the index.
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
                    AND sqlc.optional(
                        k.id IN (
                            SELECT m.id
                            FROM (
                                SELECT t.product_id AS id FROM product_trigrams AS t WHERE t.trigram = :rare
                                UNION ALL
                                SELECT u.id FROM products AS u WHERE u.unindexed_name IS NOT NULL
                            ) AS m
                        )
                    )
                    AND sqlc.optional(k.category_id = :category_id)
                    AND sqlc.optional(k.price >= :min_price)
                    AND sqlc.optional(k.price <= :max_price)
                    AND sqlc.optional(k.stock_quantity >= :min_stock)
                    AND sqlc.optional(k.stock_quantity <= :max_stock)
            ),
            (SELECT CAST(COALESCE(SUM(s.products), 0) AS SIGNED) FROM statistics AS s)
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
        AND sqlc.optional(
            q.id IN (
                SELECT m.id
                FROM (
                    SELECT t.product_id AS id FROM product_trigrams AS t WHERE t.trigram = :rare
                    UNION ALL
                    SELECT u.id FROM products AS u WHERE u.unindexed_name IS NOT NULL
                ) AS m
            )
        )
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
    AND sqlc.optional(
        q.id IN (
            SELECT m.id
            FROM (
                SELECT t.product_id AS id FROM product_trigrams AS t WHERE t.trigram = :rare
                UNION ALL
                SELECT u.id FROM products AS u WHERE u.unindexed_name IS NOT NULL
            ) AS m
        )
    )
    AND sqlc.optional(q.category_id = :category_id)
    AND sqlc.optional(q.price >= :min_price)
    AND sqlc.optional(q.price <= :max_price)
    AND sqlc.optional(q.stock_quantity >= :min_stock)
    AND sqlc.optional(q.stock_quantity <= :max_stock);

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

-- name: lock_product :one
-- A product as it is before a change, locked until the transaction ends, and its category, locked in share mode. COALESCE is for the
-- compiler: a foreign key sees to it that each product has a category.
SELECT
    p.id, p.category_id, p.name, p.description, p.price, p.stock_quantity, p.is_active, p.total_sold, p.total_revenue,
    p.created_at,
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
-- caller replaces the trigrams.
UPDATE products
SET
    category_id = :category_id,
    name = :name,
    indexed_name = IF(:is_renamed, :name, indexed_name),
    description = :description,
    price = :price,
    stock_quantity = :stock_quantity,
    is_active = :is_active
WHERE id = :id;

-- name: delete_product :exec
-- Refused by the foreign key order_items_product while an order names the product.
DELETE FROM products
WHERE id = :id;

-- name: search_products_by_name :many
-- row: ListProductsRow
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
-- row: ListProductsRow
-- One page of the products with a part of a name, in another order than that of names, and their number on all pages.
-- Parameters and count are those of search_products_by_name. `rare` is `trigram` if few names have it: then these are
-- read and sorted. Otherwise the index of the order is searched, where the part is soon found often enough.
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
        AND sqlc.optional(
            q.id IN (
                SELECT m.id
                FROM (
                    SELECT t.product_id AS id FROM product_trigrams AS t WHERE t.trigram = :rare
                    UNION ALL
                    SELECT u.id FROM products AS u WHERE u.unindexed_name IS NOT NULL
                ) AS m
            )
        )
        AND sqlc.after(q)
    ORDER BY sqlc.order_by(q)
    LIMIT :limit OFFSET :offset
) AS page
JOIN products AS p ON p.id = page.id
JOIN categories AS c ON c.id = p.category_id
ORDER BY sqlc.order_by(p);
