CREATE TABLE categories (
    id BINARY(16) PRIMARY KEY,
    name VARCHAR(100) NOT NULL,
    UNIQUE KEY categories_name (name)
);
CREATE TABLE products (
    id BINARY(16) PRIMARY KEY,
    category_id BINARY(16) NOT NULL,
    name VARCHAR(200) NOT NULL,
    description TEXT,
    price DECIMAL(12, 2) NOT NULL,
    stock INT UNSIGNED NOT NULL DEFAULT 0,
    active BOOLEAN NOT NULL DEFAULT TRUE,
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    discontinued_at DATETIME(6),
    CONSTRAINT products_category FOREIGN KEY (category_id) REFERENCES categories (id)
);
CREATE TABLE orders (
    id BINARY(16) PRIMARY KEY,
    number BIGINT NOT NULL AUTO_INCREMENT UNIQUE,
    status ENUM('pending', 'in-progress', 'done') NOT NULL DEFAULT 'pending',
    flags SET('gift', 'express') NOT NULL DEFAULT '',
    note VARCHAR(200),
    created_at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6)
);
CREATE TABLE order_items (
    order_id BINARY(16) NOT NULL,
    line INT NOT NULL,
    product_id BINARY(16) NOT NULL,
    quantity INT NOT NULL,
    unit_price DECIMAL(12, 2) NOT NULL,
    PRIMARY KEY (order_id, line)
);
