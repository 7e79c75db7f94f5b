-- schema: shop

-- name: simple_cte :many
-- => id int, total decimal null
-- rows: many
WITH big AS (SELECT id, total FROM orders) SELECT id, total FROM big;

-- name: cte_with_column_list :many
-- => order_no int, money decimal null
-- rows: many
WITH o (order_no, money) AS (SELECT id, total FROM orders) SELECT * FROM o;

-- name: cte_used_twice :many
-- => id int, id int null
-- rows: many
WITH t AS (SELECT id, customer_id FROM orders) SELECT a.id, b.id FROM t a LEFT JOIN t b ON b.customer_id = a.customer_id AND b.id > a.id;

-- name: cte_of_cte :many
-- => id int, d decimal
-- rows: many
WITH a AS (SELECT id, discount FROM orders), b AS (SELECT id, discount * 2 AS d FROM a) SELECT b.id, b.d FROM b;

-- name: cte_shadows_a_table :many
-- => only int
-- rows: one
WITH orders AS (SELECT 1 AS only) SELECT only FROM orders;

-- name: cte_in_left_join :many
-- => email string, n int null
-- rows: many
WITH c AS (SELECT customer_id, COUNT(*) AS n FROM orders GROUP BY customer_id) SELECT u.email, c.n FROM customers u LEFT JOIN c ON c.customer_id = u.id;

-- name: recursive_numbers :many
-- => i int
-- rows: many
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT i FROM n;

-- name: recursive_column_is_nullable_though_the_seed_is_not :many
-- => i int null
-- rows: many
WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT IF(i < 3, i + 1, NULL) FROM n WHERE i IS NOT NULL) SELECT i FROM n;

-- name: recursive_tree_path :many
-- => id int, parent_id int null, path string, depth int
-- rows: many
WITH RECURSIVE tree AS (
  SELECT id, parent_id, CAST(name AS CHAR(500)) AS path, 0 AS depth FROM categories WHERE parent_id IS NULL
  UNION ALL
  SELECT c.id, c.parent_id, CONCAT(t.path, ' / ', c.name), t.depth + 1 FROM tree t JOIN categories c ON c.parent_id = t.id
)
SELECT id, parent_id, path, depth FROM tree ORDER BY path;

-- name: recursive_from_a_param :many
-- => id int, parent_id int null, name string
-- params: id int
-- rows: many
WITH RECURSIVE up AS (SELECT id, parent_id, name FROM categories WHERE id = sqlc.arg(id) UNION ALL SELECT c.id, c.parent_id, c.name FROM categories c JOIN up ON up.parent_id = c.id) SELECT * FROM up;

-- name: recursive_left_join_inside :many
-- => id int, extra string null
-- rows: many
WITH RECURSIVE t AS (SELECT id, CAST('x' AS CHAR(80)) AS extra FROM categories WHERE id = 1 UNION ALL SELECT t.id + 1, g.name FROM t LEFT JOIN categories g ON g.id = t.id + 3 WHERE t.id < 9) SELECT id, extra FROM t;

-- name: recursive_dates :many
-- => day date null?, n decimal null
-- rows: many
WITH RECURSIVE days (day) AS (SELECT DATE '2026-01-01' UNION ALL SELECT day + INTERVAL 1 DAY FROM days WHERE day < '2026-01-05') SELECT days.day, (SELECT SUM(o.total) FROM orders o WHERE DATE(o.placed_at) = days.day) AS n FROM days;

-- name: cte_inside_a_subquery :many
-- => id int
-- rows: many
SELECT o.id FROM orders o WHERE o.total = (WITH m AS (SELECT MAX(total) AS t FROM orders) SELECT t FROM m);

-- name: cte_inside_a_derived_table :many
-- => n int
-- rows: one
SELECT d.n FROM (WITH a AS (SELECT COUNT(*) AS n FROM orders) SELECT n FROM a) d;

-- name: cte_before_update :exec
-- => -
WITH t AS (SELECT id FROM orders WHERE total IS NULL) UPDATE orders SET note = 'none' WHERE id IN (SELECT id FROM t);

-- name: cte_before_delete :exec
-- => -
WITH t AS (SELECT id FROM orders WHERE total IS NULL) DELETE FROM order_items WHERE order_id IN (SELECT id FROM t);

-- name: cte_with_union :many
-- => v string null
-- rows: many
WITH u AS (SELECT email AS v FROM customers UNION SELECT phone FROM customers) SELECT v FROM u;

-- name: cte_with_window :many
-- => id int, n int
-- rows: many
WITH r AS (SELECT id, ROW_NUMBER() OVER (ORDER BY price) AS n FROM products) SELECT id, n FROM r WHERE n <= 3;

-- name: cte_unused :many
-- => one int
-- rows: one
WITH u AS (SELECT name FROM customers) SELECT 1 AS one;

-- name: cte_aggregate_without_group_cross_joined :many
-- => email string, n int, top decimal null
-- rows: many
WITH s AS (SELECT COUNT(*) AS n, MAX(total) AS top FROM orders WHERE id > 100) SELECT c.email, s.n, s.top FROM customers c, s;
