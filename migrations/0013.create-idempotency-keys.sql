-- transactional: false
-- depends: 0012.identify-the-database-of-a-cache-epoch

-- The answers of writes that came with an Idempotency-Key: src/product_dashboard/retries.py. The row belongs to the transaction of the
-- write, so it exists exactly if the write happened. Other transactions never see a row without its answer.
CREATE TABLE idempotency_keys (
    id BINARY(32) NOT NULL COMMENT 'digest of the key and of its scope: caller, method, path',
    fingerprint BINARY(32) NOT NULL COMMENT 'digest of the body of the request',
    status SMALLINT UNSIGNED NOT NULL DEFAULT 0 COMMENT '0: the write is running',
    headers VARBINARY(2048) NOT NULL DEFAULT '' COMMENT 'of the answer, as they are sent: Location, Content-Type ...',
    body MEDIUMBLOB NULL COMMENT 'of the answer, as it is sent',
    created_at DATETIME(6) NOT NULL COMMENT 'UTC',
    PRIMARY KEY (id),
    KEY idempotency_keys_created_at (created_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
