-- The answers of writes that came with an Idempotency-Key: src/product_dashboard/retries.py tells how they are used.

-- name: claim_idempotency_key :execrows
-- Locks the key until the transaction ends: 1 row, or 0 if the key has an answer. Fails at once, with error 3572 on MySQL and 1205 on
-- MariaDB, while another transaction has it: INSERT knows no NOWAIT, so the row is looked for first.
INSERT IGNORE INTO idempotency_keys (id, fingerprint, created_at)
SELECT :id, :fingerprint, :created_at
FROM (
    SELECT COUNT(*) AS taken
    FROM idempotency_keys
    WHERE id = :id
    FOR UPDATE NOWAIT
) AS k
WHERE k.taken = 0;

-- name: keep_answer :exec
UPDATE idempotency_keys
SET status = :status, headers = :headers, body = :body
WHERE id = :id;

-- name: get_answer :one
SELECT fingerprint, status, headers, body
FROM idempotency_keys
WHERE id = :id;

-- Old answers are found without a lock and removed by their keys. One DELETE by age could wait for keys that are in use: the
-- server may scan all of them.

-- name: list_old_answers :many
SELECT id
FROM idempotency_keys
WHERE created_at < :before
ORDER BY created_at
LIMIT :limit;

-- name: remove_answers :execrows
DELETE FROM idempotency_keys
WHERE id IN (sqlc.slice(ids));
