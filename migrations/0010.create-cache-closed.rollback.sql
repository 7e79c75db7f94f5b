-- transactional: false

DROP TABLE cache_closed;
