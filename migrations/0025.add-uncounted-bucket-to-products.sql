-- transactional: false
-- depends: 0024.add-price-bucket-to-products

-- The bucket of the price if the product is not counted in it; otherwise NULL. The server computes it, so that a price that an
-- older release writes is in it at once. It is a migration of its own, because MariaDB copies the table if a virtual
-- column is added together with another one.
ALTER TABLE products
ADD COLUMN uncounted_bucket DECIMAL(12, 2) AS (
    IF(
        TRUNCATE(price, 2 - CHAR_LENGTH(FLOOR(price))) <=> price_bucket,
        NULL,
        TRUNCATE(price, 2 - CHAR_LENGTH(FLOOR(price)))
    )
) VIRTUAL;
