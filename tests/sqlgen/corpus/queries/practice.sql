-- schema: shop

-- name: system_tables_name_their_columns :many
-- => TABLE_NAME string, TABLE_ROWS int null?
-- params: ? string
-- rows: many
SELECT table_name, t.table_rows FROM information_schema.tables t WHERE table_schema = ?;

-- name: a_system_table_filled_on_demand_follows_the_query :many
-- => plugin_name string, Plugin_Library string null
-- rows: many
SELECT plugin_name, Plugin_Library FROM information_schema.plugins;

-- name: a_merged_view_names_its_columns :many
-- => order_id int, customer_email string null
-- rows: many
SELECT ORDER_ID, Customer_Email FROM customer_orders;

-- name: a_grouped_view_follows_the_query :many
-- => Product_ID int, UNITS decimal null
-- rows: many
SELECT Product_ID, UNITS FROM product_sales;

-- name: a_merged_derived_table_names_its_columns :many
-- => order_no int, buyer bytes null
-- rows: many
SELECT ORDER_NO, d.BUYER FROM (SELECT id AS order_no, customer_id AS buyer FROM orders) d;

-- name: a_derived_table_of_its_own_follows_the_query :many
-- => BUYER bytes null
-- rows: many
SELECT BUYER FROM (SELECT DISTINCT customer_id AS buyer FROM orders) d;

-- name: a_merged_common_table_names_its_columns :many
-- => Order_No int
-- rows: many
WITH c (Order_No) AS (SELECT id FROM orders) SELECT order_no FROM c;

-- name: the_first_piece_of_a_text_is_its_name :many
-- => a string, x string, lead string, o string
SELECT 'a' 'b', _utf8mb4'x', '  lead', n'o' 'p' FROM orders;

-- name: grouped_by_the_alias_of_a_subquery :many
-- => first_line int null, orders int
-- rows: many
SELECT (SELECT MIN(i.line) FROM order_items i WHERE i.order_id = o.id) AS first_line, COUNT(*) AS orders
FROM orders o GROUP BY first_line;

-- name: grouped_by_the_position_of_a_subquery :many
-- => lines int, orders int
-- rows: many
SELECT (SELECT COUNT(*) FROM order_items i WHERE i.order_id = o.id) AS `lines`, COUNT(*) AS orders
FROM orders o GROUP BY 1;

-- name: grouped_by_the_position_of_an_expression :many
-- => month string, orders int
-- rows: many
SELECT DATE_FORMAT(placed_at, '%Y-%m') AS month, COUNT(*) AS orders FROM orders GROUP BY 1;

-- name: grouped_by_the_alias_of_an_expression :many
-- => month int, orders int
-- rows: many
SELECT MONTH(placed_at) AS month, COUNT(*) AS orders FROM orders GROUP BY month ORDER BY month;

-- name: into_a_variable_returns_nothing :exec
-- => -
SELECT id INTO @newest FROM orders ORDER BY id DESC LIMIT 1;

-- name: system_variables :one
-- => @@lower_case_table_names int, @@long_query_time float, @@have_profiling string null?
-- rows: one
SELECT @@lower_case_table_names, @@long_query_time, @@have_profiling;

-- name: grouped_by_a_name_that_the_select_list_decides :many
-- => id int, orders int
-- rows: many
SELECT o.id, COUNT(*) AS orders FROM orders o JOIN reviews r ON r.id = o.id GROUP BY id;

-- name: grouped_by_an_alias_that_several_tables_have_as_column :many
-- => id decimal null, orders int
-- rows: many
SELECT o.total + 1 AS id, COUNT(*) AS orders
FROM orders o JOIN order_items i ON i.order_id = o.id JOIN reviews r ON r.id = i.line GROUP BY id;

-- name: ambiguous_in_group_by :many
-- error: ambiguous
SELECT o.id, r.id FROM orders o JOIN reviews r ON r.id = o.id GROUP BY id;

-- name: names_without_plus :many
-- => NULL any null, 5 int, total decimal null, `+ -3` int
-- rows: many
SELECT null, +5, +total, + -3 FROM orders;

-- name: an_alias_starts_with_its_first_letter :one
-- => x int
-- rows: one
SELECT 1 AS ` x`;

-- name: parentheses_around_a_select_with_an_order_outside :many
-- => id int, note string null
-- rows: many
(SELECT id, note FROM orders) ORDER BY placed_at;

-- name: an_order_outside_of_a_limited_select :many
-- error: placed_at
(SELECT id, note FROM orders LIMIT 2) ORDER BY placed_at;

-- name: an_aggregate_of_the_outer_rows :one
-- => most decimal null
-- rows: one
SELECT (SELECT MAX(o.total) FROM reviews LIMIT 1) AS most FROM orders o WHERE o.total > 1000000;

-- name: an_aggregate_of_the_outer_groups :many
-- => status string, units decimal null?
-- rows: many
SELECT o.status, (SELECT SUM(o.id) FROM reviews LIMIT 1) AS units FROM orders o GROUP BY o.status;

-- name: an_outer_aggregate_inside_of_an_inner_one :many
-- => status string
-- rows: many
SELECT o.status FROM orders o GROUP BY o.status
HAVING o.status NOT IN (SELECT c.name FROM customers c GROUP BY c.name HAVING AVG(c.balance + SUM(o.total)) > 20);

-- name: a_count_of_groups_where_a_subquery_filters :many
-- => status string, as_many int null?
-- rows: many
SELECT o.status, (SELECT MIN(i.line) FROM order_items i WHERE i.line = COUNT(*)) AS as_many
FROM orders o GROUP BY o.status;

-- name: a_subquery_beside_an_aggregate_of_no_rows :one
-- => total decimal null, items int null
-- rows: one
SELECT MAX(o.total) AS total, (SELECT COUNT(*) FROM order_items i WHERE i.order_id = o.id) AS items
FROM orders o WHERE o.id = 123456;

-- name: ambiguous_in_the_select_list_and_in_group_by :many
-- error: ambiguous
SELECT id, COUNT(*) FROM orders o JOIN reviews r ON r.rating = o.total GROUP BY id;

-- name: ambiguous_under_its_own_name :many
-- error: ambiguous
SELECT id AS id FROM orders o JOIN reviews r ON r.rating = o.total GROUP BY id;
