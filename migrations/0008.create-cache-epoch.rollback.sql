-- transactional: false

DROP TABLE cache_epoch;
