-- name: list_products :many
-- order: name_asc name ASC, id ASC
-- order: name_desc name DESC, id DESC
-- order: newest created_at DESC, id DESC
-- order: oldest created_at ASC, id ASC
-- order: by_id id ASC
SELECT id, name, created_at FROM products p WHERE sqlc.after(p) ORDER BY sqlc.order_by(p) LIMIT :limit;

-- name: list_categories :many
-- order: az name ASC, id ASC
-- order: za name DESC, id DESC
SELECT id, name FROM categories c WHERE name <> '' AND sqlc.after(c) ORDER BY sqlc.order_by(c) LIMIT :limit;
