-- transactional: false
-- depends: 0003.create-products

-- An order is written once and never changed. Its totals are those of its items, which come in the same transaction.
-- orders_by_customer_and_total gives a customer's number of orders and their sum from the index alone.
-- At most 100 items * 1,000,000 pieces: total_quantity <= 10^8; total_price < 10^18, which DECIMAL(20, 2) holds.
CREATE TABLE orders (
    id BINARY(16) NOT NULL,
    customer_id BINARY(16) NOT NULL,
    total_quantity INT NOT NULL,
    total_price DECIMAL(20, 2) NOT NULL,
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) COMMENT 'UTC',
    PRIMARY KEY (id),
    KEY orders_by_created_at (created_at),
    KEY orders_by_customer_and_total (customer_id, total_price),
    CONSTRAINT orders_customer FOREIGN KEY (customer_id) REFERENCES customers (id),
    CONSTRAINT orders_total_quantity_positive CHECK (total_quantity > 0),
    CONSTRAINT orders_total_price_positive CHECK (total_price > 0)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
