-- transactional: false

DROP TABLE idempotency_keys;
