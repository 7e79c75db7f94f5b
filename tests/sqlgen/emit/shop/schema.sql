CREATE TABLE categories (
    id BINARY(16) PRIMARY KEY,
    name VARCHAR(100) NOT NULL UNIQUE
);
CREATE TABLE products (
    id BINARY(16) PRIMARY KEY,
    category_id BINARY(16) NOT NULL,
    name VARCHAR(200) NOT NULL,
    description TEXT,
    price DECIMAL(12, 2) NOT NULL,
    stock INT UNSIGNED NOT NULL DEFAULT 0,
    active BOOLEAN NOT NULL DEFAULT TRUE,
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6)
);
CREATE TABLE numbered (
    id BIGINT AUTO_INCREMENT PRIMARY KEY,
    label VARCHAR(20) NOT NULL
);
CREATE TABLE everything (
    id INT PRIMARY KEY,
    tiny TINYINT, flag TINYINT(1), big BIGINT UNSIGNED, amount DECIMAL(30, 10), single FLOAT, ratio DOUBLE, bits BIT(9),
    day DATE, moment DATETIME(6), stamp TIMESTAMP(3) NULL, span TIME(6), year_ YEAR, letters CHAR(3), ident_id BINARY(16),
    raw_bytes VARBINARY(10), picture BLOB, words TEXT, latin VARCHAR(10) CHARACTER SET latin1, kind ENUM('x', 'y-z'),
    kinds SET('p', 'q'), doc JSON, place POINT
);
CREATE TABLE odd_names (
    id INT PRIMARY KEY,
    `class` VARCHAR(10) NOT NULL, conn VARCHAR(10) NOT NULL, self VARCHAR(10) NOT NULL, `date` DATE NOT NULL,
    `int` INT NOT NULL, `a b` DATETIME NOT NULL
);
CREATE TABLE switches (
    id INT PRIMARY KEY,
    flag BIT(1) NOT NULL, word BIT(16) NOT NULL
);
