-- transactional: false

ALTER TABLE customers
MODIFY email VARCHAR(254) NOT NULL;
