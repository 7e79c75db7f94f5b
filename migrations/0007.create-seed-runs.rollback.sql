-- transactional: false

DROP TABLE seed_runs;
