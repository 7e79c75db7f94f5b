-- name: list_products :many
-- A page of products.
-- order: newest created_at DESC, id DESC
-- order: price_asc price ASC, name DESC, id ASC
-- order: by_id id
SELECT p.id, p.name, p.price, p.created_at, c.name AS category
FROM (
    SELECT * FROM products q
    WHERE sqlc.after(q) AND sqlc.optional(q.category_id = :category_id)
    ORDER BY sqlc.order_by(q)
    LIMIT :limit OFFSET :offset
) p
JOIN categories c ON c.id = p.category_id
ORDER BY sqlc.order_by(p);

-- name: list_names :many
-- order: az name ASC
-- order: za name DESC
SELECT name FROM categories ORDER BY sqlc.order_by() LIMIT 10;

-- name: page_of_ids :many
-- order: up id ASC
SELECT id FROM categories WHERE name > '' AND sqlc.after() ORDER BY sqlc.order_by() LIMIT ?;
