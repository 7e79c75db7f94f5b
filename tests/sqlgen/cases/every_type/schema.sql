CREATE TABLE everything (
    id INT PRIMARY KEY, tiny TINYINT, flag TINYINT(1), big BIGINT UNSIGNED, amount DECIMAL(20, 6), ratio DOUBLE,
    bits BIT(9), day DATE, moment DATETIME(6), stamp TIMESTAMP NULL, span TIME(3), year_ YEAR, letters CHAR(3),
    ident_id BINARY(16), raw_bytes VARBINARY(10), picture BLOB, words TEXT, kind ENUM('x', 'y'), kinds SET('p', 'q'),
    doc JSON, place POINT
);
