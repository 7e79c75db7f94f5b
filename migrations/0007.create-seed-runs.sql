-- transactional: false
-- depends: 0006.create-statistics

-- How far each run of the seeder has come. Every batch of sample rows commits together with its progress here, so that a run
-- that was cut off goes on where it stopped, and one that is complete is never repeated.
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
