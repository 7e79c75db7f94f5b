-- name: create_category :exec
INSERT INTO categories (id, name, description, created_at)
VALUES (:id, :name, :description, :created_at);

-- name: get_category :one
-- row: CategoryRow
SELECT id, name, description
FROM categories
WHERE id = :id;

-- name: list_categories :many
-- One page of categories by name.
-- order: name_asc name ASC, id ASC
SELECT c.id, c.name, c.description
FROM (
    SELECT q.id
    FROM categories AS q
    WHERE sqlc.after(q)
    ORDER BY sqlc.order_by(q)
    LIMIT :limit OFFSET :offset
) AS page
JOIN categories AS c ON c.id = page.id
ORDER BY sqlc.order_by(c);

-- name: lock_category :one
-- row: CategoryRow
-- A category as it is before a change, locked until the transaction ends.
SELECT id, name, description
FROM categories
WHERE id = :id
FOR UPDATE;

-- name: update_category :exec
UPDATE categories
SET name = :name, description = :description
WHERE id = :id;

-- name: delete_category :execrows
-- Refused by the foreign key products_category while a product is in it.
DELETE FROM categories
WHERE id = :id;
