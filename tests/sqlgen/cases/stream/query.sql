-- name: export_orders :stream
-- Every order since a time.
SELECT id, created_at, note FROM orders WHERE created_at >= :since ORDER BY created_at;

-- name: export_notes :stream
SELECT note FROM orders;
