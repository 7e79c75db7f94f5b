-- transactional: false

DROP TABLE daily_sales;
