-- transactional: false
-- depends: 0017.add-unindexed-name-to-products

-- Finds the products whose names must be read one by one, in the order of their names.
CREATE INDEX products_by_unindexed_name ON products (unindexed_name);
