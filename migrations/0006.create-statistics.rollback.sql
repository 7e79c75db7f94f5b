-- transactional: false

DROP TABLE statistics;
