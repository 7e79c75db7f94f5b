-- transactional: false

DROP INDEX products_by_uncounted_bucket ON products;
