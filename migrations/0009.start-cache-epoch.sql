-- transactional: false
-- depends: 0008.create-cache-epoch

INSERT INTO cache_epoch (id, epoch, server) VALUES (1, '0000000000000000', '');
