-- transactional: false
-- depends: 0018.index-unindexed-names

-- The orders of each day in UTC, their pieces and their price, kept by the transactions that create and delete orders.
-- All orders of today change the same day, so each day has 64 rows (stripes), as the statistics have: see 0006.
-- 366 days are at most 23,424 rows, in the order of the primary key, however many orders they have.
CREATE TABLE daily_sales (
    day DATE NOT NULL COMMENT 'UTC',
    stripe TINYINT NOT NULL,
    orders BIGINT NOT NULL DEFAULT 0,
    quantity BIGINT NOT NULL DEFAULT 0 COMMENT 'sum of orders.total_quantity',
    revenue DECIMAL(30, 2) NOT NULL DEFAULT 0 COMMENT 'sum of orders.total_price',
    PRIMARY KEY (day, stripe)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
