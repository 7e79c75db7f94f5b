-- transactional: false
-- depends: 0023.create-product-price-counts

-- The bucket in which a product is counted; NULL if it is not. A release before this one does not count, also while the release
-- that counts is rolled out. MySQL and MariaDB add the column without a copy of the table.
ALTER TABLE products
ADD COLUMN price_bucket DECIMAL(12, 2) NULL;
