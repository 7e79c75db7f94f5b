-- transactional: false
-- depends: 0006.create-statistics

-- The progress of each run of the seeder. A batch of sample rows and its progress commit together, so that an interrupted run
-- continues where it stopped, and a complete run is never repeated.
CREATE TABLE seed_runs (
    seed BIGINT NOT NULL,
    categories BIGINT NOT NULL COMMENT 'asked for',
    products BIGINT NOT NULL COMMENT 'asked for',
    customers BIGINT NOT NULL COMMENT 'asked for',
    orders BIGINT NOT NULL COMMENT 'asked for',
    rows_done BIGINT NOT NULL DEFAULT 0 COMMENT 'categories, products, customers and orders, written in this order',
    started_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) COMMENT 'UTC',
    PRIMARY KEY (seed, categories, products, customers, orders)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
