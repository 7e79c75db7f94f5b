-- transactional: false
-- depends: 0021.add-total-revenue-to-products

-- When a release wrote that keeps the statistics, but neither daily_sales, category_totals nor products.total_revenue.
-- Such a release does not name the column, so that the server sets it; a release that keeps them leaves it as it is.
-- The stripes that exist now get the time of this migration. While any stripe has a time, reports are counted from the
-- rows; product_dashboard/summaries adds what is missing, and then removes the times that it has read before.
ALTER TABLE statistics
ADD COLUMN unreported_at DATETIME(6) NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6) COMMENT 'UTC';
