-- transactional: false
-- depends: 0015.create-product-trigrams

-- The name that the trigrams of a product are made of; NULL if it has none. A release before this one writes neither,
-- also while the release that writes them is rolled out. MySQL and MariaDB add the column without a copy of the table.
ALTER TABLE products
ADD COLUMN indexed_name VARCHAR(200) NULL;
