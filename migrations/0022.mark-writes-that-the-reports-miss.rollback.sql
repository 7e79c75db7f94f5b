-- transactional: false

ALTER TABLE statistics
DROP COLUMN unreported_at;
