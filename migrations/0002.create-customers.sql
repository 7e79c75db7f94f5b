-- transactional: false
-- depends: 0001.create-categories

-- total_spent and total_orders are sums over the customer's orders, kept by the transactions that write orders, so that the
-- best customers are the head of an index however many orders there are.
-- An order is at most 100 items * 1,000,000 pieces * 9,999,999,999.99 < 10^18; DECIMAL(30, 2) holds ten thousand million of those.
CREATE TABLE customers (
    id BINARY(16) NOT NULL,
    name VARCHAR(200) NOT NULL,
    email VARCHAR(254) NOT NULL,
    total_spent DECIMAL(30, 2) NOT NULL DEFAULT 0,
    total_orders BIGINT NOT NULL DEFAULT 0,
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) COMMENT 'UTC',
    updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6) COMMENT 'UTC',
    PRIMARY KEY (id),
    UNIQUE KEY customers_email (email),
    KEY customers_by_created_at (created_at),
    KEY customers_by_total_spent (total_spent),
    CONSTRAINT customers_name_not_empty CHECK (name <> ''),
    CONSTRAINT customers_email_not_empty CHECK (email <> ''),
    CONSTRAINT customers_total_spent_not_negative CHECK (total_spent >= 0),
    CONSTRAINT customers_total_orders_not_negative CHECK (total_orders >= 0)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
