-- name: import :many
SELECT `class`, `from` AS `None`, `conn`, `self`, `date`, `int`, `a b`, id, id, COUNT(*) OVER (), `list` FROM odd_names
WHERE `class` = :class AND `conn` = :conn AND `self` = :self AND `date` = :date AND `sql` = :sql AND `args` = ?;

-- name: Struct :one
SELECT id, `date` FROM odd_names WHERE id = :cursor AND `int` = :row LIMIT 1;

-- name: UUID :exec
UPDATE odd_names SET `int` = :Decimal, `date` = :list, `args` = :items WHERE id = :id;

-- name: list :many
-- order: def id ASC
SELECT * FROM odd_names WHERE `class` = :order AND sqlc.after() AND sqlc.optional(`int` = :after) ORDER BY sqlc.order_by();
