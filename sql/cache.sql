-- The epoch row says which epoch of cached values is believed: src/product_dashboard/cache/README.md, "Belief".

-- name: read_cache_epoch :one
SELECT e.epoch, e.server, e.origin, c.epoch IS NOT NULL AS closed
FROM cache_epoch AS e
LEFT JOIN cache_closed AS c ON c.epoch = e.epoch
WHERE e.id = 1;

-- name: hold_cache_epoch :one
-- In a writer's transaction: no new epoch can be opened before it ends. (MariaDB does not know FOR SHARE.)
SELECT epoch, server
FROM cache_epoch
WHERE id = 1
LOCK IN SHARE MODE;

-- name: bar_cache_epoch :one
-- Fails at once, with error 3572 on MySQL and 1205 on MariaDB, while a writer holds the row.
SELECT epoch
FROM cache_epoch
WHERE id = 1
FOR UPDATE NOWAIT;

-- name: close_cache_epoch :exec
INSERT IGNORE INTO cache_closed (epoch)
VALUES (:epoch);

-- name: open_cache_epoch :execrows
UPDATE cache_epoch
SET epoch = :epoch, server = :server, origin = :origin
WHERE id = 1 AND epoch = :expected;

-- name: forget_closed_cache_epochs :exec
DELETE FROM cache_closed
WHERE epoch <> :epoch;
