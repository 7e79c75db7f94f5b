-- transactional: false

DROP TABLE product_trigrams;
