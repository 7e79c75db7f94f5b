-- transactional: false

DROP TABLE customers;
