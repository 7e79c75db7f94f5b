-- schema: shop

-- name: unknown_table :many
-- error: unknown table
SELECT id FROM prodcts;

-- name: unknown_column :many
-- error: unknown column
SELECT titel FROM products;

-- name: unknown_qualified_column :many
-- error: unknown column
SELECT p.titel FROM products p;

-- name: unknown_alias :many
-- error: unknown
SELECT x.id FROM products p;

-- name: unknown_column_in_where :many
-- error: unknown column
SELECT id FROM products WHERE pric > 1;

-- name: unknown_column_in_on :many
-- error: unknown column
SELECT o.id FROM orders o JOIN customers c ON c.idd = o.customer_id;

-- name: unknown_function :many
-- error: unknown function
SELECT LENGHT(title) FROM products;

-- name: ambiguous_column :many
-- error: ambiguous
SELECT id FROM orders o JOIN order_items i ON i.order_id = o.id JOIN products p ON p.id = i.product_id;

-- name: ambiguous_in_where :many
-- error: ambiguous
SELECT o.id FROM orders o JOIN reviews r ON r.customer_id = o.customer_id WHERE customer_id = ?;

-- name: ambiguous_in_order_by :many
-- error: ambiguous
SELECT 1 FROM orders o, products p ORDER BY id;

-- name: alias_not_visible_in_where :many
-- error: unknown column
SELECT price * 2 AS dear FROM products WHERE dear > 10;

-- name: alias_not_visible_in_select_list :many
-- error: unknown column
SELECT price * 2 AS dear, dear + 1 FROM products;

-- name: derived_table_without_alias :many
-- error: alias
SELECT id FROM (SELECT id FROM orders);

-- name: derived_table_is_not_lateral :many
-- error: unknown
SELECT c.id FROM customers c JOIN (SELECT o.id FROM orders o WHERE o.customer_id = c.id) d;

-- name: derived_column_list_of_wrong_length :many
-- error: column
SELECT a FROM (SELECT id, total FROM orders) d (a);

-- name: duplicate_column_in_derived_table :many
-- error: duplicate
SELECT d.id FROM (SELECT o.id, c.id FROM orders o, customers c) d;

-- name: duplicate_alias :many
-- error: alias|twice
SELECT 1 FROM orders o JOIN customers o ON TRUE;

-- name: duplicate_table_without_alias :many
-- error: alias|twice
SELECT 1 FROM orders, orders;

-- name: union_with_different_widths :many
-- error: columns
SELECT id, total FROM orders UNION SELECT id FROM products;

-- name: insert_with_too_few_values :exec
-- error: value
INSERT INTO categories (name, slug) VALUES ('x');

-- name: insert_with_too_many_values :exec
-- error: values
INSERT INTO categories (name, slug) VALUES ('x', 'y', 'z');

-- name: insert_without_list_of_wrong_width :exec
-- error: values
INSERT INTO order_items VALUES (1, 2, 3);

-- name: insert_select_of_wrong_width :exec
-- error: columns
INSERT INTO categories (name, slug) SELECT title FROM products;

-- name: insert_unknown_column :exec
-- error: unknown column
INSERT INTO categories (nme) VALUES ('x');

-- name: insert_column_twice :exec
-- error: twice
INSERT INTO categories (name, name) VALUES ('x', 'y');

-- name: insert_unknown_table :exec
-- error: unknown table
INSERT INTO categoris (name) VALUES ('x');

-- name: update_unknown_column :exec
-- error: unknown column
UPDATE orders SET totl = 1;

-- name: update_unknown_table :exec
-- error: unknown table
UPDATE ordrs SET total = 1;

-- name: delete_unknown_alias :exec
-- error: unknown
DELETE x FROM orders o JOIN order_items i ON i.order_id = o.id;

-- name: group_by_misses_a_column :many
-- error: grouped by
SELECT kind, title, COUNT(*) FROM products GROUP BY kind;

-- name: aggregate_without_group_by_mixed_with_column :many
-- error: GROUP BY|aggregat
SELECT title, COUNT(*) FROM products;

-- name: group_by_expression_is_not_its_column :many
-- error: grouped by
SELECT created_at, COUNT(*) FROM products GROUP BY DATE(created_at);

-- name: having_on_ungrouped_column :many
-- error: unknown column|grouped by
SELECT kind FROM products GROUP BY kind HAVING price > 1;

-- name: order_by_ungrouped_column :many
-- error: grouped by
SELECT kind FROM products GROUP BY kind ORDER BY price;

-- name: aggregate_in_where :many
-- error: aggregate|group function
SELECT id FROM orders WHERE SUM(total) > 1;

-- name: nested_aggregates :many
-- error: aggregate|group function
SELECT MAX(COUNT(*)) FROM orders GROUP BY status;

-- name: window_function_in_where :many
-- error: window
SELECT id FROM orders WHERE ROW_NUMBER() OVER (ORDER BY id) = 1;

-- name: row_number_without_over :many
-- error: OVER|expected|window
SELECT ROW_NUMBER() FROM orders;

-- name: unknown_window_name :many
-- error: window
SELECT SUM(total) OVER w FROM orders;

-- name: scalar_subquery_of_two_columns :many
-- error: column
SELECT (SELECT id, total FROM orders LIMIT 1) AS x;

-- name: in_subquery_of_two_columns :many
-- error: column
SELECT id FROM products WHERE id IN (SELECT order_id, line FROM order_items);

-- name: row_of_wrong_width :many
-- error: column
SELECT id FROM orders WHERE (id, total) = (1, 2, 3);

-- name: function_with_too_few_arguments :many
-- error: argument
SELECT NULLIF(title) FROM products;

-- name: function_with_too_many_arguments :many
-- error: argument
SELECT IFNULL(title, 'a', 'b') FROM products;

-- name: using_unknown_column :many
-- error: unknown column
SELECT 1 FROM orders JOIN order_items USING (order_id);

-- name: cte_column_list_of_wrong_length :many
-- error: column
WITH t (a, b) AS (SELECT id FROM orders) SELECT a FROM t;

-- name: cte_name_twice :many
-- error: twice|duplicate|not unique
WITH t AS (SELECT 1), t AS (SELECT 2) SELECT * FROM t;

-- name: recursive_without_recursive :many
-- error: unknown table
WITH n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n) SELECT i FROM n;

-- name: syntax_error :many
-- error: expected|syntax|unexpected
SELECT id FROM WHERE id = 1;

-- name: missing_parenthesis :many
-- error: expected|syntax|unexpected
SELECT COUNT(id FROM orders;

-- name: keyword_as_name :many
-- error: expected|syntax|unexpected|reserved
SELECT select FROM orders;

-- name: star_without_from :many
-- error: table|FROM
SELECT *;

-- name: qualified_star_of_unknown :many
-- error: unknown
SELECT x.* FROM orders o;

-- name: limit_expression :many
-- error: expected|syntax|LIMIT
SELECT id FROM orders LIMIT 1 + 1;

-- name: update_limit_with_join :exec
-- error: LIMIT
UPDATE orders o JOIN customers c ON c.id = o.customer_id SET o.note = '' LIMIT 1;

-- name: order_by_position_out_of_range :many
-- error: column|position
SELECT id FROM orders ORDER BY 2;

-- name: group_by_position_out_of_range :many
-- error: column|position
SELECT id FROM orders GROUP BY 3;

-- name: group_by_position_of_aggregate :many
-- error: aggregate|group
SELECT COUNT(*) FROM orders GROUP BY 1;

-- name: default_of_unknown_column :exec
-- error: unknown column
UPDATE orders SET note = DEFAULT(nothing);

-- name: values_outside_upsert_column_unknown :exec
-- error: unknown column
INSERT INTO categories (name, slug) VALUES ('a', 'b') ON DUPLICATE KEY UPDATE name = VALUES(nme);

-- name: row_alias_column_that_is_not_inserted :exec
-- error: unknown column
INSERT INTO categories (id, name, slug) VALUES (1, 'a', 'b') AS fresh ON DUPLICATE KEY UPDATE position = fresh.position;

-- name: table_hidden_by_its_alias :many
-- error: unknown
SELECT orders.id FROM orders o;

-- name: on_sees_only_joined_tables :many
-- error: unknown
SELECT 1 FROM orders o JOIN order_items i ON i.product_id = p.id JOIN products p ON TRUE;

-- name: comma_join_on_cannot_see_left :many
-- error: unknown
SELECT 1 FROM customers c, orders o LEFT JOIN order_items i ON i.order_id = o.id AND c.id = o.customer_id;

-- name: distinct_order_by_not_selected :many
-- error: DISTINCT|ORDER BY
SELECT DISTINCT kind FROM products ORDER BY price;

-- name: grouping_of_ungrouped :many
-- error: GROUPING|GROUP BY
SELECT GROUPING(title) FROM products GROUP BY kind WITH ROLLUP;

-- name: json_arrow_on_expression :many
-- error: expected|syntax|unexpected|column
SELECT CONCAT(title, 'x')->'$.a' FROM products;

-- name: frame_with_bad_order :many
-- error: frame
SELECT SUM(price) OVER (ORDER BY id ROWS BETWEEN CURRENT ROW AND 1 PRECEDING) FROM products;

-- name: in_list_of_unknown :many
-- error: unknown column
SELECT id FROM orders WHERE id IN (1, two);

-- name: case_without_when :many
-- error: expected|syntax|unexpected
SELECT CASE status END FROM orders;

-- name: between_without_and :many
-- error: expected|syntax|unexpected
SELECT id FROM orders WHERE id BETWEEN 1;

