-- schema: shop

-- name: view_columns :many
-- => product_id int, title string, units decimal null, order_lines int
-- rows: many
SELECT * FROM product_sales;

-- name: view_with_renamed_columns :many
-- => order_id int, customer_email string null, customer_name string null, total decimal null
-- rows: many
SELECT * FROM customer_orders;

-- name: view_on_view :many
-- => order_id int, customer_email string, total decimal
-- rows: many
SELECT order_id, customer_email, total FROM paid_customer_orders;

-- name: view_narrowed :many
-- => order_id int, customer_email string, customer_name string null, total decimal null
-- params: ? string
-- rows: many
SELECT * FROM customer_orders WHERE customer_email LIKE ?;

-- name: view_joined_with_table :many
-- => sku string, units decimal null
-- rows: many
SELECT p.sku, s.units FROM products p JOIN product_sales s ON s.product_id = p.id;

-- name: view_aggregate_of_view :many
-- => n int, most decimal null
-- rows: one
SELECT COUNT(*) AS n, MAX(units) AS most FROM product_sales;

-- name: view_param :many
-- => product_id int
-- params: ? decimal, ? string
-- rows: many
SELECT product_id FROM product_sales WHERE units > ? AND title = ?;
