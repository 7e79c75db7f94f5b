-- transactional: false
-- depends: 0019.create-daily-sales

-- Totals over the products of each category, in 64 stripes, as the statistics are: see 0006. They are sums over the
-- products that are in the category now. A product that moves takes its sales with it, and a category can be deleted
-- only when it has no products, so that its totals are zero by then.
CREATE TABLE category_totals (
    category_id BINARY(16) NOT NULL,
    stripe TINYINT NOT NULL,
    products BIGINT NOT NULL DEFAULT 0,
    stock BIGINT NOT NULL DEFAULT 0 COMMENT 'sum of products.stock_quantity',
    quantity_sold BIGINT NOT NULL DEFAULT 0 COMMENT 'sum of products.total_sold',
    revenue DECIMAL(30, 2) NOT NULL DEFAULT 0 COMMENT 'sum of products.total_revenue',
    PRIMARY KEY (category_id, stripe),
    CONSTRAINT category_totals_category FOREIGN KEY (category_id) REFERENCES categories (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
