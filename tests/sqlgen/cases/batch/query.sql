-- name: take_stock :batch
UPDATE products SET stock = stock - :quantity WHERE id = :id AND stock >= :quantity;

-- name: find_prices :batch
SELECT price FROM products WHERE id = :id;

-- name: find_lines :batch
SELECT line, quantity FROM order_items WHERE product_id = :product_id AND quantity IN (sqlc.slice(quantities));
