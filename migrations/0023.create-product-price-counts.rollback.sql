-- transactional: false

DROP TABLE product_price_counts;
