-- name: search :many
SELECT name FROM products
WHERE sqlc.optional(category_id = :category_id)
  AND sqlc.optional(name LIKE CONCAT('%', :name, '%')) -- % in the text
  && sqlc.optional(price BETWEEN :low AND :high)
  AND active
  AND (sqlc.optional(stock > 0, :in_stock))
  AND sqlc.optional(stock < :less_than, :scarce)
  AND sqlc.optional(discontinued_at <=> sqlc.narg(discontinued_at))
  AND sqlc.optional(id IN (sqlc.slice(ids)))
LIMIT :limit;

-- name: count_products :one
SELECT COUNT(*) FROM products p LEFT JOIN categories c ON c.id = p.category_id AND sqlc.optional(c.name = :category)
WHERE sqlc.optional(p.price > :price OR p.stock > :price);

-- name: close_orders :execrows
UPDATE orders SET status = 'done' WHERE sqlc.optional(status = :status) AND note IS NULL;
