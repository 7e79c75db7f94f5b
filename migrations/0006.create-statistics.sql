-- transactional: false
-- depends: 0005.create-order-items

-- Totals over whole tables, kept by the transactions that change them. One row would make every write wait for every other:
-- a write adds its differences to one of 64 rows (stripes) chosen at random, and a total is the sum over the stripes.
-- A stripe is made by the first write that meets it; one stripe alone may be negative.
CREATE TABLE statistics (
    stripe TINYINT NOT NULL,
    categories BIGINT NOT NULL DEFAULT 0,
    products BIGINT NOT NULL DEFAULT 0,
    stock BIGINT NOT NULL DEFAULT 0 COMMENT 'sum of products.stock_quantity',
    price_sum DECIMAL(30, 2) NOT NULL DEFAULT 0 COMMENT 'sum of products.price',
    customers BIGINT NOT NULL DEFAULT 0,
    orders BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (stripe)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
