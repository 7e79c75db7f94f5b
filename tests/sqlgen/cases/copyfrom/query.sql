-- name: add_items :copyfrom
-- Lines of an order.
INSERT INTO order_items (order_id, line, product_id, quantity, unit_price)
VALUES (:order_id, :line, :product_id, :quantity, :unit_price);

-- name: add_categories :copyfrom
INSERT INTO categories (id, name) VALUES (?, CONCAT(?, '%')) AS new
ON DUPLICATE KEY UPDATE name = new.name;
