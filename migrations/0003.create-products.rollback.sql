-- transactional: false

DROP TABLE products;
