-- transactional: false

DROP INDEX products_by_unindexed_name ON products;
