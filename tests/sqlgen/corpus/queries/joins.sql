-- schema: shop

-- name: left_join_nulls_the_right_side :many
-- => id int, customer_name string null, phone string null
-- rows: many
SELECT o.id, c.email AS customer_name, c.phone FROM orders o LEFT JOIN customers c ON c.id = o.customer_id;

-- name: left_join_nulls_even_primary_keys :many
-- => id int, id bytes null
-- rows: many
SELECT o.id, c.id FROM orders AS o LEFT OUTER JOIN customers AS c ON c.id = o.customer_id;

-- name: right_join_nulls_the_left_side :many
-- => id int null, id bytes
-- rows: many
SELECT o.id, c.id FROM orders o RIGHT JOIN customers c ON c.id = o.customer_id;

-- name: inner_join_keeps_not_null :many
-- => id int, email string
-- rows: many
SELECT o.id, c.email FROM orders o JOIN customers c ON c.id = o.customer_id;

-- name: inner_join_condition_narrows_the_nullable_key :many
-- => customer_id bytes, product_id int
-- rows: many
SELECT o.customer_id, i.product_id FROM orders o JOIN customers c ON c.id = o.customer_id JOIN order_items i ON i.product_id = o.id;

-- name: where_after_left_join_makes_it_inner :many
-- => id int, email string, name string null
-- rows: many
SELECT o.id, c.email, c.name FROM orders o LEFT JOIN customers c ON c.id = o.customer_id WHERE c.vip = 1;

-- name: where_is_not_null_on_key_makes_it_inner :many
-- => id int, email string
-- rows: many
SELECT o.id, c.email FROM orders o LEFT JOIN customers c ON c.id = o.customer_id WHERE c.id IS NOT NULL;

-- name: where_is_null_is_an_anti_join :many
-- => email string, id int null
-- rows: many
SELECT c.email, o.id FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE o.id IS NULL;

-- name: on_condition_does_not_narrow_the_preserved_side :many
-- => customer_id bytes null, email string null
-- rows: many
SELECT o.customer_id, c.email FROM orders o LEFT JOIN customers c ON c.id = o.customer_id AND o.customer_id IS NOT NULL;

-- name: on_condition_narrows_the_other_side_of_a_left_join :many
-- => id int, name string null
-- rows: many
SELECT o.id, c.name FROM orders o LEFT JOIN customers c ON c.id = o.customer_id AND c.name IS NOT NULL;

-- name: chain_of_left_joins :many
-- => id int, line int null, title string null, category string null
-- rows: many
SELECT o.id, i.line, p.title, g.name AS category FROM orders o LEFT JOIN order_items i ON i.order_id = o.id LEFT JOIN products p ON p.id = i.product_id LEFT JOIN categories g ON g.id = p.category_id;

-- name: inner_join_after_left_join_on_its_columns_rejects_nulls :many
-- => id int, line int, title string
-- rows: many
SELECT o.id, i.line, p.title FROM orders o LEFT JOIN order_items i ON i.order_id = o.id JOIN products p ON p.id = i.product_id;

-- name: inner_join_after_left_join_on_other_columns :many
-- => id int, line int null, email string
-- rows: many
SELECT o.id, i.line, c.email FROM orders o LEFT JOIN order_items i ON i.order_id = o.id JOIN customers c ON c.id = o.customer_id;

-- name: nested_join_in_parentheses :many
-- => id int, line int null, title string null
-- rows: many
SELECT o.id, i.line, p.title FROM orders o LEFT JOIN (order_items i JOIN products p ON p.id = i.product_id) ON i.order_id = o.id;

-- name: nested_left_join_inside_left_join :many
-- => id bytes, id int null, line int null
-- rows: many
SELECT c.id, o.id, i.line FROM customers c LEFT JOIN (orders o LEFT JOIN order_items i ON i.order_id = o.id) ON o.customer_id = c.id;

-- name: left_join_then_right_join_nulls_both :many
-- => id int null, id bytes null, id int
-- rows: many
SELECT o.id, c.id, r.id FROM orders o LEFT JOIN customers c ON c.id = o.customer_id RIGHT JOIN reviews r ON r.customer_id = c.id;

-- name: right_join_of_a_nested_join :many
-- => order_id int null, id int null, id int
-- rows: many
SELECT i.order_id, p.id, g.id FROM (order_items i JOIN products p ON p.id = i.product_id) RIGHT JOIN categories g ON g.id = p.category_id;

-- name: cross_join_with_comma :many
-- => email string, slug string
-- rows: many
SELECT c.email, g.slug FROM customers c, categories g WHERE g.position > 0;

-- name: comma_binds_weaker_than_join :many
-- => email string, id int, line int null
-- rows: many
SELECT c.email, o.id, i.line FROM customers c, orders o LEFT JOIN order_items i ON i.order_id = o.id AND i.line = 9 WHERE o.customer_id = c.id;

-- name: straight_join :many
-- => id int, email string
-- rows: many
SELECT STRAIGHT_JOIN o.id, c.email FROM orders o STRAIGHT_JOIN customers c ON c.id = o.customer_id;

-- name: self_join_of_a_tree :many
-- => name string, parent string null, grandparent string null
-- rows: many
SELECT c.name, p.name AS parent, g.name AS grandparent FROM categories c LEFT JOIN categories p ON p.id = c.parent_id LEFT JOIN categories g ON g.id = p.parent_id;

-- name: self_join_inner :many
-- => name string, parent string, parent_id int
-- rows: many
SELECT c.name, p.name AS parent, c.parent_id FROM categories c JOIN categories p ON p.id = c.parent_id;

-- name: join_on_inequality_narrows :many
-- => list_price decimal, price decimal
-- rows: many
SELECT a.list_price, b.price FROM products a JOIN products b ON a.list_price < b.price;

-- name: join_on_or_does_not_narrow :many
-- => customer_id bytes null, email string
-- rows: many
SELECT o.customer_id, c.email FROM orders o JOIN customers c ON c.id = o.customer_id OR o.total = c.balance + 1;

-- name: join_on_null_safe_equality_does_not_narrow :many
-- => customer_id bytes null, name string null
-- rows: many
SELECT o.customer_id, c.name FROM orders o JOIN customers c ON c.name <=> o.note;

-- name: derived_table_constant_in_left_join :many
-- => email string, k int null
-- rows: many
SELECT c.email, d.k FROM customers c LEFT JOIN (SELECT 1 AS k, id FROM orders) d ON d.id = 1 AND c.vip;

-- name: derived_constant_alone_in_left_join :many
-- => email string, k int null
-- rows: many
SELECT c.email, d.k FROM customers c LEFT JOIN (SELECT 1 AS k) d ON c.vip = d.k;

-- name: count_in_derived_table_in_left_join :many
-- => email string, n int null
-- rows: many
SELECT c.email, d.n FROM customers c LEFT JOIN (SELECT customer_id, COUNT(*) AS n FROM orders GROUP BY customer_id) d ON d.customer_id = c.id;

-- name: coalesce_of_outer_joined_count :many
-- => email string, n int
-- rows: many
SELECT c.email, COALESCE(d.n, 0) AS n FROM customers c LEFT JOIN (SELECT customer_id, COUNT(*) AS n FROM orders GROUP BY customer_id) d ON d.customer_id = c.id;

-- name: view_in_left_join :many
-- => id int, units decimal null, order_lines int null, title string null
-- rows: many
SELECT c.id, s.units, s.order_lines, s.title FROM categories c LEFT JOIN product_sales s ON s.product_id = c.id;

-- name: expression_over_outer_joined_columns :many
-- => email string, `CONCAT(o.status, '!')` string null, `o.discount + 1` decimal null, none bool, s string
-- rows: many
SELECT c.email, CONCAT(o.status, '!'), o.discount + 1, o.id IS NULL AS none, COALESCE(o.status, 'none') AS s FROM customers c LEFT JOIN orders o ON o.customer_id = c.id;

-- name: never_true_left_join :many
-- => id int, name string null
-- rows: many
SELECT o.id, c.name FROM orders o LEFT JOIN customers c ON FALSE;

-- name: exists_test_of_left_joined_key_in_case :many
-- => id int, who string, raw string null
-- rows: many
SELECT o.id, CASE WHEN c.id IS NOT NULL THEN c.email ELSE 'guest' END AS who, CASE WHEN c.id IS NULL THEN NULL ELSE c.email END AS raw FROM orders o LEFT JOIN customers c ON c.id = o.customer_id;

-- name: count_of_right_side :many
-- => id bytes, orders int, rows_ int
-- rows: many
SELECT c.id, COUNT(o.id) AS orders, COUNT(*) AS rows_ FROM customers c LEFT JOIN orders o ON o.customer_id = c.id GROUP BY c.id;

-- name: sum_of_right_side :many
-- => id bytes, total decimal null, sure decimal
-- rows: many
SELECT c.id, SUM(o.discount) AS total, COALESCE(SUM(o.total), 0) AS sure FROM customers c LEFT JOIN orders o ON o.customer_id = c.id GROUP BY c.id;

-- name: left_join_to_aggregate_without_group :many
-- => id int, n int, m int null
-- rows: many
SELECT o.id, x.n, x.m FROM orders o CROSS JOIN (SELECT COUNT(*) AS n, MAX(rating) AS m FROM reviews WHERE id > 100) x;

-- name: left_join_with_using :many
-- => line int, price decimal null
-- rows: many
SELECT i.line, p.price FROM order_items i LEFT JOIN (SELECT id AS product_id, price FROM products) p USING (product_id);

-- name: using_column_of_left_join_is_the_left_one :many
-- => id int, product_id int null, rating int null
-- rows: many
SELECT o.id, product_id, r.rating FROM order_items i JOIN orders o ON o.id = i.order_id LEFT JOIN reviews r USING (product_id);

-- name: using_column_of_right_join_is_the_right_one :many
-- => product_id int, line int null
-- rows: many
SELECT product_id, i.line FROM order_items i RIGHT JOIN reviews r USING (product_id);

-- name: using_inner_narrows :many
-- => product_id int, a int
-- rows: many
SELECT product_id, i.product_id AS a FROM order_items i JOIN reviews r USING (product_id);

-- name: star_over_left_join_of_three :many
-- => id int, parent_id int null, name string, slug string, position int, order_id int null, line int null
-- => product_id int null
-- rows: many
SELECT g.*, x.* FROM categories g LEFT JOIN (SELECT order_id, line, product_id FROM order_items) x ON x.product_id = g.id;

-- name: embed_of_outer_joined_table :many
-- => id int, id bytes null, email string null, name string null, phone string null, born date null
-- => vip bool null, balance decimal null, settings json null, created_at datetime null
-- rows: many
SELECT o.id, sqlc.embed(c) FROM orders o LEFT JOIN customers c ON c.id = o.customer_id;

-- name: embed_of_both_tables_in_inner_join :many
-- => id int, parent_id int null, name string, slug string, position int, id int, parent_id int null
-- => name string, slug string, position int
-- rows: many
SELECT sqlc.embed(c), sqlc.embed(p) FROM categories c JOIN categories p ON p.id = c.id;

-- name: where_on_other_side_of_using :many
-- => id int, gift_message string null
-- rows: many
SELECT r.id, i.gift_message FROM reviews r JOIN order_items i USING (product_id) WHERE product_id > 0;

-- name: or_of_same_column_narrows :many
-- => total decimal, email string null
-- rows: many
SELECT o.total, c.email FROM orders o LEFT JOIN customers c ON c.id = o.customer_id WHERE o.total > 50 OR o.total = 0;

-- name: or_with_is_null_does_not_narrow :many
-- => total decimal null
-- rows: many
SELECT o.total FROM orders o WHERE o.total > 50 OR o.total IS NULL;

-- name: not_like_narrows :many
-- => note string
-- params: ? string
-- rows: many
SELECT note FROM orders WHERE note NOT LIKE ?;

-- name: not_in_list_narrows :many
-- => name string
-- rows: many
SELECT name FROM customers WHERE name NOT IN ('a', 'b');

-- name: in_list_with_null_narrows :many
-- => name string
-- rows: many
SELECT name FROM customers WHERE name IN ('Ann', NULL);

-- name: between_narrows_all_three :many
-- => total decimal, discount decimal
-- rows: many
SELECT total, discount FROM orders WHERE total BETWEEN discount AND 100;

-- name: is_true_narrows_is_not_true_does_not :many
-- => featured bool, featured bool null
-- rows: many
SELECT a.featured, b.featured FROM products a, products b WHERE a.featured IS TRUE AND b.featured IS NOT TRUE;

-- name: not_of_is_null_narrows :many
-- => name string
-- rows: many
SELECT name FROM customers WHERE NOT (name IS NULL);

-- name: not_of_or_narrows_by_de_morgan :many
-- => name string, phone string, born date null
-- rows: many
SELECT name, phone, born FROM customers WHERE NOT (name IS NULL OR phone IS NULL);

-- name: not_of_and_does_not :many
-- => name string null, phone string null
-- rows: many
SELECT name, phone FROM customers WHERE NOT (name IS NULL AND phone = '123');

-- name: coalesce_does_not_narrow :many
-- => name string null
-- rows: many
SELECT name FROM customers WHERE COALESCE(name, '') = '';

-- name: arithmetic_narrows_its_operands :many
-- => list_price decimal, weight float
-- rows: many
SELECT list_price, weight FROM products WHERE list_price * weight > 0;

-- name: function_narrows_its_argument :many
-- => phone string
-- rows: many
SELECT phone FROM customers WHERE CHAR_LENGTH(phone) >= 0;

-- name: if_does_not_narrow :many
-- => phone string null
-- rows: many
SELECT phone FROM customers WHERE IF(phone IS NULL, 1, 0) = 1 OR vip;

-- name: bare_column_as_condition_narrows :many
-- => featured bool
-- rows: many
SELECT featured FROM products WHERE featured;

-- name: bare_not_column_narrows :many
-- => featured bool
-- rows: many
SELECT featured FROM products WHERE NOT featured;

-- name: exists_does_not_narrow_outer :many
-- => customer_id bytes null
-- rows: many
SELECT o.customer_id FROM orders o WHERE EXISTS (SELECT 1 FROM order_items i WHERE i.order_id = o.id);

-- name: correlated_exists_equality_narrows :many
-- => customer_id bytes
-- rows: many
SELECT o.customer_id FROM orders o WHERE EXISTS (SELECT 1 FROM customers c WHERE c.id = o.customer_id);

-- name: in_subquery_narrows :many
-- => customer_id bytes
-- rows: many
SELECT o.customer_id FROM orders o WHERE o.customer_id IN (SELECT id FROM customers);

-- name: xor_narrows_both :many
-- => featured bool
-- rows: many
SELECT featured FROM products WHERE featured XOR active;

-- name: join_using_two_columns :many
-- => order_id int, line int, gift_message string null
-- rows: many
SELECT order_id, line, i.gift_message FROM order_items i JOIN (SELECT order_id, line FROM order_items) j USING (order_id, line);

-- name: full_anti_join_by_not_exists :many
-- => email string
-- rows: many
SELECT c.email FROM customers c WHERE NOT EXISTS (SELECT * FROM orders o WHERE o.customer_id = c.id);

-- name: odbc_outer_join_braces :many
-- => id int, id bytes null
-- rows: many
SELECT o.id, c.id FROM { OJ orders o LEFT OUTER JOIN customers c ON c.id = o.customer_id };

-- name: computed_constant_of_a_merged_derived_table_proves_nothing :many
-- => email string, k int null
-- rows: many
SELECT c.email, d.k FROM customers c LEFT JOIN (SELECT 1 + 1 AS k, id FROM orders) d ON d.id = 1 AND NOT c.vip WHERE d.k IS NOT NULL;

-- name: a_date_written_out_is_worked_out_before_the_join :many
-- => email string, k datetime null
-- rows: many
SELECT c.email, d.k FROM customers c
LEFT JOIN (SELECT TIMESTAMP '1999-12-31 23:59:59' AS k, id FROM orders) d ON d.id = 1 AND NOT c.vip
WHERE d.k >= TIMESTAMP '1999-12-31 23:59:59';

-- name: computed_constant_in_case :many
-- => a string null?, b int
-- rows: many
SELECT CASE WHEN d.k IS NOT NULL THEN d.k ELSE 'none' END AS a, COALESCE(d.k = 'A', 0) AS b FROM customers c LEFT JOIN (SELECT UPPER('a') AS k, id FROM orders) d ON d.id = 1 AND NOT c.vip;

-- name: computed_constant_through_two_levels :many
-- => email string, k datetime null
-- rows: many
WITH w AS (SELECT NOW() AS n, id FROM orders) SELECT c.email, d.k FROM customers c LEFT JOIN (SELECT n AS k, id FROM w) d ON d.id = 1 AND NOT c.vip WHERE d.k IS NOT NULL;

-- name: literal_of_a_merged_derived_table_proves_the_join :many
-- => email string, k int, id int
-- rows: many
SELECT c.email, d.k, d.id FROM customers c LEFT JOIN (SELECT 1 AS k, id FROM orders) d ON d.id = 1 AND NOT c.vip WHERE d.k IS NOT NULL;

-- name: computed_constant_beside_limit_is_not_merged :many
-- => email string, k int
-- rows: many
SELECT c.email, d.k FROM customers c LEFT JOIN (SELECT 1 + 1 AS k FROM orders LIMIT 1) d ON NOT c.vip WHERE d.k IS NOT NULL;
