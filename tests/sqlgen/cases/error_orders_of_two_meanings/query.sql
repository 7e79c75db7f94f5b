-- name: page :many
-- order: status status ASC, id ASC
-- order: flags flags ASC, id ASC
-- order: weight weight ASC, id ASC
-- order: level level ASC, id ASC
-- order: data data ASC, id ASC
SELECT id, status, flags, weight, level, data FROM tickets t WHERE sqlc.after(t) ORDER BY sqlc.order_by(t) LIMIT :limit;

-- name: sorted_only :many
-- order: status status ASC
SELECT id, status FROM tickets t ORDER BY sqlc.order_by(t) LIMIT :limit;

-- name: as_number :many
-- order: status status_number ASC, id ASC
SELECT t.id, t.status, t.status_number
FROM (SELECT id, status, status + 0 AS status_number FROM tickets) t WHERE sqlc.after(t) ORDER BY sqlc.order_by(t);

-- name: of_another_value :many
-- order: id id ASC
SELECT id + 1 AS id FROM tickets t WHERE sqlc.after(t) ORDER BY sqlc.order_by(t);
