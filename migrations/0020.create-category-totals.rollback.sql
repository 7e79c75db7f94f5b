-- transactional: false

DROP TABLE category_totals;
