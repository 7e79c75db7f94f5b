-- transactional: false
-- depends: 0013.create-idempotency-keys

-- Why the stock of a product was changed by a difference. A row is written in the transaction that changes the stock, and never
-- changed. Orders, and a PUT or PATCH that sets the stock, write no row.
-- stock_changes_by_product_and_created_at lists the changes of a product, newest first, without sorting.
CREATE TABLE stock_changes (
    id BINARY(16) NOT NULL,
    product_id BINARY(16) NOT NULL,
    delta BIGINT NOT NULL,
    reason VARCHAR(200) NOT NULL,
    stock_after BIGINT NOT NULL COMMENT 'products.stock_quantity after this change',
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) COMMENT 'UTC',
    PRIMARY KEY (id),
    KEY stock_changes_by_product_and_created_at (product_id, created_at),
    CONSTRAINT stock_changes_product FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE,
    CONSTRAINT stock_changes_delta_not_zero CHECK (delta <> 0),
    CONSTRAINT stock_changes_reason_not_empty CHECK (reason <> ''),
    CONSTRAINT stock_changes_stock_not_negative CHECK (stock_after >= 0)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
