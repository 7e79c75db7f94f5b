-- find_lines
SELECT line, quantity FROM order_items WHERE product_id = ? AND quantity IN (?, ?);
