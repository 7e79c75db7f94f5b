-- A typical shop: a tree of categories, orders with items, optional customers.
CREATE TABLE categories (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT,
  parent_id INT UNSIGNED DEFAULT NULL,
  name VARCHAR(80) NOT NULL,
  slug VARCHAR(80) NOT NULL,
  position SMALLINT NOT NULL DEFAULT 0,
  PRIMARY KEY (id),
  UNIQUE KEY uq_categories_slug (slug),
  KEY ix_categories_parent (parent_id),
  CONSTRAINT fk_categories_parent FOREIGN KEY (parent_id) REFERENCES categories (id) ON DELETE SET NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='the tree';
CREATE TABLE products (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  category_id INT UNSIGNED NULL,
  sku CHAR(12) NOT NULL UNIQUE,
  title VARCHAR(200) NOT NULL,
  description TEXT,
  price DECIMAL(10,2) NOT NULL CHECK (price >= 0),
  list_price DECIMAL(10,2) DEFAULT NULL,
  weight DOUBLE NULL,
  stock INT NOT NULL DEFAULT 0,
  active BOOLEAN NOT NULL DEFAULT TRUE,
  featured TINYINT(1) NULL,
  kind ENUM('simple','bundle','digital') NOT NULL DEFAULT 'simple',
  tags SET('new','sale','eco') DEFAULT NULL,
  attributes JSON NULL,
  created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  updated_at TIMESTAMP NULL DEFAULT NULL ON UPDATE CURRENT_TIMESTAMP,
  KEY ix_products_category (category_id, created_at),
  FULLTEXT KEY ft_products (title, description),
  CONSTRAINT fk_products_category FOREIGN KEY (category_id) REFERENCES categories (id)
) ENGINE=InnoDB;
CREATE TABLE customers (
  id BINARY(16) NOT NULL,
  email VARCHAR(255) NOT NULL,
  name VARCHAR(120) NULL,
  phone VARCHAR(30) DEFAULT NULL,
  born DATE NULL,
  vip BOOLEAN NOT NULL DEFAULT FALSE,
  balance DECIMAL(12,4) NOT NULL DEFAULT '0.0000',
  settings JSON NOT NULL,
  created_at DATETIME NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY (email)
);
CREATE TABLE orders (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  customer_id BINARY(16) DEFAULT NULL,
  status ENUM('new','paid','shipped','cancelled') NOT NULL DEFAULT 'new',
  note TEXT NULL,
  total DECIMAL(12,2) NULL,
  discount DECIMAL(5,2) NOT NULL DEFAULT 0,
  placed_at DATETIME NOT NULL,
  shipped_at DATETIME NULL,
  PRIMARY KEY (id),
  KEY ix_orders_customer (customer_id, placed_at),
  CONSTRAINT fk_orders_customer FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE SET NULL
);
CREATE TABLE order_items (
  order_id BIGINT UNSIGNED NOT NULL,
  line SMALLINT UNSIGNED NOT NULL,
  product_id BIGINT NULL,
  quantity INT UNSIGNED NOT NULL,
  unit_price DECIMAL(10,2) NOT NULL,
  gift_message VARCHAR(200) NULL,
  PRIMARY KEY (order_id, line),
  KEY ix_items_product (product_id),
  CONSTRAINT fk_items_order FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE,
  CONSTRAINT fk_items_product FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE SET NULL
);
CREATE TABLE reviews (
  id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  product_id BIGINT NOT NULL,
  customer_id BINARY(16) NULL,
  rating TINYINT NOT NULL,
  body MEDIUMTEXT NULL,
  helpful INT NULL,
  posted DATE NOT NULL
);
CREATE VIEW product_sales AS
  SELECT p.id AS product_id, p.title, SUM(i.quantity) AS units, COUNT(i.order_id) AS order_lines
  FROM products p LEFT JOIN order_items i ON i.product_id = p.id
  GROUP BY p.id, p.title;
CREATE VIEW customer_orders (order_id, customer_email, customer_name, total) AS
  SELECT o.id, c.email, c.name, o.total FROM orders o LEFT JOIN customers c ON c.id = o.customer_id;
CREATE VIEW paid_customer_orders AS
  SELECT order_id, customer_email, COALESCE(total, 0) AS total FROM customer_orders WHERE customer_email IS NOT NULL;
