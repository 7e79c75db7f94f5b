-- schema: shop

-- name: scalar_subquery_can_find_nothing :many
-- => id int, email string null
-- rows: many
SELECT o.id, (SELECT c.email FROM customers c WHERE c.id = o.customer_id) AS email FROM orders o;

-- name: scalar_subquery_of_count_is_not_null :many
-- => id bytes, n int
-- rows: many
SELECT c.id, (SELECT COUNT(*) FROM orders o WHERE o.customer_id = c.id) AS n FROM customers c;

-- name: scalar_subquery_of_count_with_group_by_is :many
-- => id bytes, n int null
-- rows: many
SELECT c.id, (SELECT COUNT(*) FROM orders o WHERE o.customer_id = c.id GROUP BY o.customer_id) AS n FROM customers c;

-- name: scalar_subquery_of_count_with_having_is :many
-- => id bytes, n int null
-- rows: many
SELECT c.id, (SELECT COUNT(*) FROM orders o WHERE o.customer_id = c.id HAVING COUNT(*) > 1) AS n FROM customers c;

-- name: scalar_subquery_of_count_with_limit_zero :many
-- => id bytes, n int null
-- rows: many
SELECT c.id, (SELECT COUNT(*) FROM orders o LIMIT 0) AS n FROM customers c;

-- name: scalar_subquery_of_constant :many
-- => a int, b string
-- rows: one
SELECT (SELECT 1) AS a, (SELECT 'x' FROM DUAL) AS b;

-- name: scalar_subquery_of_constant_with_where :many
-- => a int null
-- rows: one
SELECT (SELECT 1 FROM DUAL WHERE 1 = 0) AS a;

-- name: coalesce_of_scalar_subquery :many
-- => t decimal
-- rows: many
SELECT COALESCE((SELECT SUM(o.total) FROM orders o WHERE o.customer_id = c.id), 0) AS t FROM customers c;

-- name: exists_is_never_null :many
-- => has bool
-- rows: many
SELECT EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id) AS has FROM customers c;

-- name: not_exists :many
-- => none bool
-- rows: one
SELECT NOT EXISTS (SELECT 1 FROM orders) AS none;

-- name: in_subquery_value :many
-- => a bool null, b bool
-- rows: many
SELECT id IN (SELECT product_id FROM order_items) AS a, id IN (SELECT product_id FROM reviews) AS b FROM products;

-- name: quantified_value :many
-- => a bool null, b bool
-- rows: many
SELECT price > ALL (SELECT list_price FROM products) AS a, price > ANY (SELECT price FROM products) AS b FROM products;

-- name: derived_table_keeps_types :many
-- => id int, total decimal null, twice decimal
-- rows: many
SELECT d.id, d.total, d.twice FROM (SELECT id, total, discount * 2 AS twice FROM orders) AS d;

-- name: derived_table_with_column_list :many
-- => a int, b decimal null
-- rows: many
SELECT a, b FROM (SELECT id, total FROM orders) AS d (a, b);

-- name: derived_table_narrowed_outside :many
-- => total decimal
-- rows: many
SELECT d.total FROM (SELECT total FROM orders) d WHERE d.total > 0;

-- name: derived_table_narrowed_inside :many
-- => total decimal
-- rows: many
SELECT d.total FROM (SELECT total FROM orders WHERE total IS NOT NULL) d;

-- name: derived_table_of_derived_table :many
-- => id int, note string null
-- rows: many
SELECT z.id, z.note FROM (SELECT y.* FROM (SELECT id, note FROM orders) y) z;

-- name: lateral_top_one :many
-- => email string, id int, total decimal null
-- rows: many
SELECT c.email, l.id, l.total FROM customers c JOIN LATERAL (SELECT o.id, o.total FROM orders o WHERE o.customer_id = c.id ORDER BY o.placed_at DESC LIMIT 1) l;

-- name: left_lateral_top_one :many
-- => email string, id int null, total decimal null
-- rows: many
SELECT c.email, l.id, l.total FROM customers c LEFT JOIN LATERAL (SELECT o.id, o.total FROM orders o WHERE o.customer_id = c.id ORDER BY o.placed_at DESC LIMIT 1) l ON TRUE;

-- name: left_lateral_aggregate_on_true :many
-- => email string, n int, s decimal null
-- rows: many
SELECT c.email, l.n, l.s FROM customers c LEFT JOIN LATERAL (SELECT COUNT(*) AS n, SUM(o.total) AS s FROM orders o WHERE o.customer_id = c.id) l ON TRUE;

-- name: comma_lateral :many
-- => email string, n int
-- rows: many
SELECT c.email, l.n FROM customers c, LATERAL (SELECT COUNT(*) AS n FROM orders o WHERE o.customer_id = c.id) AS l;

-- name: correlated_in_select_twice_nested :many
-- => x int null
-- rows: many
SELECT (SELECT (SELECT MAX(i.quantity) FROM order_items i WHERE i.order_id = o.id AND c.vip) FROM orders o WHERE o.customer_id = c.id LIMIT 1) AS x FROM customers c;

-- name: row_subquery_comparison :many
-- => id int
-- rows: many
SELECT id FROM orders WHERE (status, discount) = (SELECT status, discount FROM orders WHERE id = 1);

-- name: subquery_with_union :many
-- => x decimal null
-- rows: many
SELECT (SELECT total FROM orders WHERE id = 2 UNION SELECT total FROM orders WHERE id = 2 LIMIT 1) AS x FROM customers;

-- name: subquery_in_limit_free_having :many
-- => status string
-- rows: many
SELECT status FROM orders GROUP BY status HAVING COUNT(*) >= (SELECT COUNT(*) / 10 FROM orders);

-- name: subquery_in_order_by :many
-- => id bytes
-- rows: many
SELECT id FROM customers c ORDER BY (SELECT COUNT(*) FROM orders o WHERE o.customer_id = c.id) DESC, id;

-- name: subquery_from_dual_values :many
-- => column_0 int, column_1 string
-- rows: many
SELECT v.column_0, v.column_1 FROM (VALUES ROW(1, 'a'), ROW(2, 'b')) v;

-- name: values_with_null :many
-- => column_0 int, column_1 string null
-- rows: many
VALUES ROW(1, NULL), ROW(2, 'b');

-- name: values_with_names :many
-- => k int, n int null
-- rows: many
SELECT v.k, v.n FROM (VALUES ROW(1, NULL), ROW(2, 5)) AS v (k, n);

-- name: table_statement :many
-- => id int, parent_id int null, name string, slug string, position int
-- rows: many
TABLE categories;

-- name: max_in_scalar_subquery_of_nonempty_group :many
-- => m int null
-- rows: one
SELECT (SELECT MAX(id) FROM orders) AS m;

-- name: case_over_subquery :many
-- => a int, b decimal null?
-- rows: one
SELECT CASE WHEN EXISTS (SELECT 1 FROM orders) THEN 1 ELSE 0 END AS a, IF((SELECT COUNT(*) FROM orders) > 0, (SELECT MIN(id) FROM orders), 0) AS b;
