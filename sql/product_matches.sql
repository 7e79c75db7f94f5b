-- Products with a part of a name that has a rare trigram, and with any other filters. The names with this trigram are searched,
-- and those whose trigrams are not those of the name. `name` is the part, escaped for LIKE, and `trigram` one of its trigrams.

-- name: list_matching_products :many
-- One page of the products, and their number on all pages. All of them are read once, then counted and sorted.
-- order: name_asc name ASC, id ASC
-- order: name_desc name DESC, id DESC
-- order: price_asc price ASC, id ASC
-- order: price_desc price DESC, id DESC
-- order: stock_asc stock_quantity ASC, id ASC
-- order: stock_desc stock_quantity DESC, id DESC
-- order: sold_desc total_sold DESC, id DESC
-- order: newest created_at DESC, id DESC
-- order: oldest created_at ASC, id ASC
SELECT
    p.id, p.name, p.description, p.price, p.stock_quantity, p.is_active, p.total_sold, p.created_at,
    p.category_id, c.name AS category_name, c.description AS category_description, page.total
FROM (
    SELECT f.id, f.total
    FROM (
        SELECT q.id, q.name, q.price, q.stock_quantity, q.total_sold, q.created_at, COUNT(*) OVER () AS total
        FROM (
            SELECT t.product_id AS id
            FROM product_trigrams AS t
            WHERE t.trigram = :trigram AND t.name LIKE CONCAT('%', :name, '%')
            UNION DISTINCT
            SELECT u.id FROM products AS u WHERE u.unindexed_name IS NOT NULL
        ) AS m
        JOIN products AS q ON q.id = m.id
        WHERE
            q.name LIKE CONCAT('%', :name, '%')
            AND sqlc.optional(q.category_id = :category_id)
            AND sqlc.optional(q.price >= :min_price)
            AND sqlc.optional(q.price <= :max_price)
            AND sqlc.optional(q.stock_quantity >= :min_stock)
            AND sqlc.optional(q.stock_quantity <= :max_stock)
    ) AS f
    WHERE sqlc.after(f)
    ORDER BY sqlc.order_by(f)
    LIMIT :limit OFFSET :offset
) AS page
JOIN products AS p ON p.id = page.id
JOIN categories AS c ON c.id = p.category_id
ORDER BY sqlc.order_by(p);

-- name: count_matching_products :one
-- How many products list_matching_products finds over all pages.
SELECT COUNT(*) AS total
FROM (
    SELECT t.product_id AS id
    FROM product_trigrams AS t
    WHERE t.trigram = :trigram AND t.name LIKE CONCAT('%', :name, '%')
    UNION DISTINCT
    SELECT u.id FROM products AS u WHERE u.unindexed_name IS NOT NULL
) AS m
JOIN products AS q ON q.id = m.id
WHERE
    q.name LIKE CONCAT('%', :name, '%')
    AND sqlc.optional(q.category_id = :category_id)
    AND sqlc.optional(q.price >= :min_price)
    AND sqlc.optional(q.price <= :max_price)
    AND sqlc.optional(q.stock_quantity >= :min_stock)
    AND sqlc.optional(q.stock_quantity <= :max_stock);
