-- Names that need care, and a second database.
CREATE TABLE `order` (
  `id` INT NOT NULL PRIMARY KEY,
  `select` VARCHAR(10) NULL,
  `from` INT NOT NULL,
  `class` VARCHAR(5) NOT NULL,
  `def` INT NULL,
  `None` INT NULL,
  `group` INT NULL,
  `key` VARCHAR(20) NOT NULL,
  `100%` DECIMAL(5,2) NULL,
  `with space` INT NULL,
  `conn` INT NULL,
  `back``tick` INT NULL,
  `Naïve` VARCHAR(10) NULL
);
CREATE TABLE MixedCase (Id INT NOT NULL PRIMARY KEY, CamelCase VARCHAR(10) NULL, UPPER_CASE INT NOT NULL);
CREATE TABLE pair_a (id INT NOT NULL PRIMARY KEY, name VARCHAR(10) NOT NULL, shared INT NULL, a_only INT NULL);
CREATE TABLE pair_b (id INT NOT NULL PRIMARY KEY, name VARCHAR(10) NULL, shared INT NULL, b_only INT NOT NULL);
CREATE TABLE pair_c (id INT NOT NULL PRIMARY KEY, shared INT NOT NULL, c_only INT NULL);
CREATE TABLE copy_of_a LIKE pair_a;
CREATE TABLE evolving (id INT, name VARCHAR(10), dropped INT, old_name INT NOT NULL);
ALTER TABLE evolving ADD PRIMARY KEY (id);
ALTER TABLE evolving MODIFY name VARCHAR(50) NOT NULL, DROP COLUMN dropped;
ALTER TABLE evolving CHANGE old_name new_name BIGINT UNSIGNED NULL, ADD COLUMN (extra DATE NULL, flag BOOL NOT NULL DEFAULT 0);
ALTER TABLE evolving RENAME COLUMN extra TO extra_day, ADD COLUMN head INT NOT NULL DEFAULT 1 FIRST, ADD UNIQUE KEY uq_name (name);
CREATE DATABASE IF NOT EXISTS verify_corpus_other;
DROP TABLE IF EXISTS verify_corpus_other.audit;
CREATE TABLE verify_corpus_other.audit (id INT NOT NULL PRIMARY KEY, message TEXT NULL, at DATETIME NOT NULL);
