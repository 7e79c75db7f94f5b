-- schema: shop

-- name: union_of_nullable_and_not :many
-- => v string null
-- rows: many
SELECT email AS v FROM customers UNION SELECT name FROM customers;

-- name: union_all_keeps_not_null :many
-- => id decimal, kind string
-- rows: many
SELECT id, 'order' AS kind FROM orders UNION ALL SELECT id, 'product' FROM products;

-- name: union_names_come_from_the_first_arm :many
-- => a decimal, b decimal null
-- rows: many
SELECT id AS a, total AS b FROM orders UNION SELECT id, price FROM products;

-- name: union_with_null_literal :many
-- => id decimal, note string null
-- rows: many
SELECT id, NULL AS note FROM products UNION ALL SELECT id, note FROM orders;

-- name: union_int_and_decimal :many
-- => n decimal
-- rows: many
SELECT stock AS n FROM products UNION SELECT price FROM products;

-- name: union_int_and_string :many
-- => n string
-- rows: many
SELECT stock AS n FROM products UNION SELECT title FROM products;

-- name: union_date_and_datetime :many
-- => d datetime
-- rows: many
SELECT posted AS d FROM reviews UNION SELECT placed_at FROM orders;

-- name: union_date_and_string :many
-- => d string
-- rows: many
SELECT posted AS d FROM reviews UNION SELECT email FROM customers;

-- name: union_signed_and_unsigned :many
-- => n decimal
-- rows: many
SELECT id AS n FROM products UNION SELECT id FROM orders;

-- name: union_double_and_decimal :many
-- => n float null
-- rows: many
SELECT weight AS n FROM products UNION ALL SELECT price FROM products;

-- name: union_enum_and_enum :many
-- => k string
-- rows: many
SELECT kind AS k FROM products UNION SELECT status FROM orders;

-- name: union_of_three_with_order_and_limit :many
-- => id int, t string
-- rows: many
(SELECT id, title AS t FROM products ORDER BY price DESC LIMIT 2) UNION ALL (SELECT id, slug FROM categories) UNION ALL SELECT 0, '' ORDER BY id LIMIT 5;

-- name: intersect_is_not_null_if_one_arm_is :many
-- => category_id int
-- rows: many
SELECT category_id FROM products INTERSECT SELECT id FROM categories;

-- name: except_keeps_the_left_arm :many
-- => category_id int null
-- rows: many
SELECT category_id FROM products EXCEPT SELECT id FROM categories WHERE id = 2;

-- name: except_of_not_null_left :many
-- => id int
-- rows: many
SELECT id FROM categories EXCEPT SELECT category_id FROM products;

-- name: nested_set_operations :many
-- => n string null
-- rows: many
SELECT name AS n FROM customers UNION (SELECT title FROM products EXCEPT SELECT slug FROM categories);

-- name: union_in_derived_table :many
-- => who string null, n int
-- rows: many
SELECT u.who, COUNT(*) AS n FROM (SELECT email AS who FROM customers UNION ALL SELECT name FROM customers) u GROUP BY u.who;

-- name: union_with_params :many
-- => id decimal, tag string
-- params: ? string, ? int, ? decimal
-- rows: many
SELECT id, ? AS tag FROM orders WHERE id > ? UNION SELECT id, 'x' FROM products WHERE price < ?;

-- name: union_of_aggregates :many
-- => what string, SUM(total) decimal null
-- rows: many
SELECT 'orders' AS what, SUM(total) FROM orders UNION ALL SELECT 'products', SUM(price) FROM products;

-- name: union_of_counts :many
-- => what string, n int
-- rows: many
SELECT 'orders' AS what, COUNT(*) AS n FROM orders UNION ALL SELECT 'products', COUNT(*) FROM products;

-- name: union_distinct_of_constants :many
-- => n decimal
-- rows: many
SELECT 1 AS n UNION DISTINCT SELECT 2 UNION SELECT 2.5;

-- name: union_json_and_string :many
-- => j string null
-- rows: many
SELECT attributes AS j FROM products UNION ALL SELECT title FROM products;

-- name: union_binary_and_text :many
-- => b bytes
-- rows: many
SELECT id AS b FROM customers UNION ALL SELECT email FROM customers;

-- name: union_bool_and_int :many
-- => x int
-- rows: many
SELECT active AS x FROM products UNION ALL SELECT stock FROM products;

-- name: union_with_values :many
-- => id decimal
-- rows: many
SELECT id FROM orders UNION ALL VALUES ROW(1), ROW(2);

-- name: union_with_table :many
-- => id int, parent_id int null, name string, slug string, position int
-- rows: many
TABLE categories UNION ALL SELECT 0, NULL, '', '', 0;

-- name: parenthesised_single_select :many
-- => id int
-- rows: many
(SELECT id FROM orders);

-- name: union_arm_narrowed :many
-- => name string
-- rows: many
SELECT name FROM customers WHERE name IS NOT NULL UNION SELECT title FROM products;
