-- transactional: false
-- depends: 0025.add-uncounted-bucket-to-products

-- Finds the products that are not counted, and tells at once that there are none.
CREATE INDEX products_by_uncounted_bucket ON products (uncounted_bucket);
