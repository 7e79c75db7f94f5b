-- name: search :many
SELECT name FROM products
WHERE name <> '{braces}'
  AND sqlc.optional(
    category_id = :category_id
    AND sqlc.optional(price > 100, :expensive)
    AND sqlc.optional(stock < 5, :scarce)
  )
  AND sqlc.optional(name NOT IN ('{"a": 100%}', sqlc.slice(names)));

-- name: same_parameter_twice :many
SELECT name FROM products WHERE sqlc.optional(stock > :stock) AND (active OR name = 'x' AND sqlc.optional(stock < :stock));

-- name: three_together :many
SELECT name FROM products WHERE sqlc.optional(price > :low AND price < :high AND stock IN (sqlc.slice(stocks)), :narrow)
  AND sqlc.optional(name = :a OR name = :b OR name = :c);
