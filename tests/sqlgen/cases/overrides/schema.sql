CREATE TABLE things (
    id INT PRIMARY KEY, total DECIMAL(10, 2) NOT NULL, attributes JSON, day DATE, owner_id BINARY(16) NOT NULL
);
