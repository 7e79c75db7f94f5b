-- transactional: false
-- depends: 0022.mark-writes-that-the-reports-miss

-- The number of products by price, so that the products of a price range are counted without reading each of them. A bucket
-- is named by its lowest price, and holds the prices that begin with the same two digits: 20.00 to 20.99, 120.00 to
-- 129.99. Buckets below 10.00 have a width of 0.10. So there are at most 910, for any number of products. Bucket -1 holds the
-- number of all products that are counted.
-- A write of a product adds to one of several rows (stripes) of a bucket, so that writes do not wait for each other. One stripe
-- alone may be negative.
CREATE TABLE product_price_counts (
    bucket DECIMAL(12, 2) NOT NULL,
    stripe TINYINT NOT NULL,
    products BIGINT NOT NULL,
    PRIMARY KEY (bucket, stripe)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
