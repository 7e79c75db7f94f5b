-- name: by_status :many
SELECT number, status, flags FROM orders WHERE status = :status AND flags = :flags;

-- name: set_status :exec
UPDATE orders SET status = :status, flags = :flags WHERE id = :id;
