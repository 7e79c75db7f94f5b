CREATE TABLE customers (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  email VARCHAR(100) NOT NULL UNIQUE,
  nick VARCHAR(20) UNIQUE,
  city VARCHAR(40),
  vip TINYINT(1) NOT NULL DEFAULT 0,
  born DATE,
  joined DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  settings JSON
);
CREATE TABLE orders (
  id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  customer_id BIGINT UNSIGNED,
  status ENUM('new', 'paid') NOT NULL DEFAULT 'new',
  total DECIMAL(10, 2) NOT NULL DEFAULT 0,
  discount DECIMAL(5, 2),
  placed DATETIME NOT NULL,
  note TEXT
);
CREATE TABLE items (
  order_id INT NOT NULL,
  line SMALLINT NOT NULL,
  sku BINARY(16) NOT NULL,
  quantity INT UNSIGNED NOT NULL,
  price DECIMAL(10, 2) NOT NULL,
  weight DOUBLE,
  amount DECIMAL(20, 2) AS (quantity * price) STORED NOT NULL,
  PRIMARY KEY (order_id, line),
  FULLTEXT KEY words (note), note TEXT NOT NULL
);
CREATE VIEW paid AS SELECT id, customer_id, total FROM orders WHERE status = 'paid';
CREATE VIEW with_orders AS
  SELECT c.id, c.email, o.id AS order_id, o.total FROM customers c LEFT JOIN orders o ON o.customer_id = c.id;
CREATE VIEW backwards AS SELECT note, discount, id FROM orders;
