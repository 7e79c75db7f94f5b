-- transactional: false

DELETE FROM cache_epoch WHERE id = 1;
