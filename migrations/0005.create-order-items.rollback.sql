-- transactional: false

DROP TABLE order_items;
