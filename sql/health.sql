-- name: ping :one
SELECT 1 AS alive;
