-- transactional: false

DROP TABLE orders;
