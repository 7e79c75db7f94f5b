-- transactional: false

DROP TABLE stock_changes;
