-- schema: shop

-- name: count_is_never_null :many
-- => a int, b int, c int
-- rows: one
SELECT COUNT(*) AS a, COUNT(name) AS b, COUNT(DISTINCT name, phone) AS c FROM customers;

-- name: aggregates_without_group_by_can_be_null :many
-- => a decimal null, b int null, c datetime null, d decimal null, e string null, f float null
-- rows: one
SELECT SUM(total) AS a, MIN(id) AS b, MAX(placed_at) AS c, AVG(discount) AS d, GROUP_CONCAT(status) AS e, STDDEV(total) AS f FROM orders;

-- name: aggregates_over_groups_keep_not_null :many
-- => id int, a decimal, b int, c decimal, d decimal null
-- rows: many
SELECT id, SUM(discount) AS a, MIN(id) AS b, AVG(id) AS c, SUM(total) AS d FROM orders GROUP BY id;

-- name: sum_and_avg_types :many
-- => a decimal, b decimal, c decimal, d decimal, e decimal, f float, g decimal, h float, i float
-- rows: many
SELECT SUM(stock) AS a, SUM(price) AS b, AVG(stock) AS c, AVG(price) AS d, SUM(price * stock) AS e, SUM(1.0e0) AS f, SUM(active) AS g, SUM('1') AS h, AVG(title) AS i FROM products GROUP BY kind;

-- name: sum_of_double :many
-- => a float null, b float null
-- rows: many
SELECT SUM(weight) AS a, AVG(weight) AS b FROM products GROUP BY id;

-- name: bit_aggregates_are_never_null :many
-- => a int, b int, c int
-- rows: one
SELECT BIT_AND(stock) AS a, BIT_OR(stock) AS b, BIT_XOR(stock) AS c FROM products;

-- name: json_aggregates :many
-- => a json null, b json null
-- rows: one
SELECT JSON_ARRAYAGG(title) AS a, JSON_OBJECTAGG(sku, price) AS b FROM products;

-- name: json_aggregates_over_groups :many
-- => kind string, a json, b json
-- rows: many
SELECT kind, JSON_ARRAYAGG(list_price) AS a, JSON_OBJECTAGG(sku, price) AS b FROM products GROUP BY kind;

-- name: group_concat_with_order_and_separator :many
-- => status string, ids string
-- rows: many
SELECT o.status, GROUP_CONCAT(DISTINCT o.id ORDER BY o.placed_at DESC SEPARATOR ' | ') AS ids FROM orders o GROUP BY o.status;

-- name: group_concat_of_nullable :many
-- => status string, notes string null
-- rows: many
SELECT status, GROUP_CONCAT(note) AS notes FROM orders GROUP BY status;

-- name: variance_and_stddev_samp :many
-- => a float, b float null, c float, d float null
-- rows: many
SELECT VAR_POP(price) AS a, VAR_SAMP(price) AS b, STDDEV_POP(price) AS c, STDDEV_SAMP(price) AS d FROM products GROUP BY kind;

-- name: having_narrows :many
-- => category_id int, n int
-- rows: many
SELECT category_id, COUNT(*) AS n FROM products GROUP BY category_id HAVING category_id IS NOT NULL AND n > 0;

-- name: having_narrows_an_aggregate :many
-- => customer_id bytes, total decimal
-- rows: many
SELECT customer_id, SUM(total) AS total FROM orders WHERE customer_id IS NOT NULL GROUP BY customer_id HAVING SUM(total) > 10;

-- name: having_narrows_an_alias :many
-- => status string, best decimal
-- rows: many
SELECT status, MAX(total) AS best FROM orders GROUP BY status HAVING best IS NOT NULL;

-- name: having_without_group_by_can_drop_the_row :many
-- => n int, s decimal null
-- rows: zero_or_one
SELECT COUNT(*) AS n, SUM(total) AS s FROM orders HAVING n > 3 OR n = 0;

-- name: group_by_nullable_column :many
-- => featured bool null, n int
-- rows: many
SELECT featured, COUNT(*) AS n FROM products GROUP BY featured;

-- name: rollup_makes_group_columns_nullable :many
-- => kind string null, n int, s decimal null
-- rows: many
SELECT kind, COUNT(*) AS n, SUM(price) AS s FROM products GROUP BY kind WITH ROLLUP;

-- name: rollup_of_two_with_grouping :many
-- => kind string null, active bool null, gk int, gg int, n int
-- rows: many
SELECT kind, active, GROUPING(kind) AS gk, GROUPING(kind, active) AS gg, COUNT(*) AS n FROM products GROUP BY kind, active WITH ROLLUP;

-- name: rollup_of_expression :many
-- => y int null, n int
-- rows: many
SELECT YEAR(placed_at) AS y, COUNT(*) AS n FROM orders GROUP BY YEAR(placed_at) WITH ROLLUP;

-- name: rollup_coalesced :many
-- => kind string, n int
-- rows: many
SELECT COALESCE(kind, 'all') AS kind, COUNT(*) AS n FROM products GROUP BY kind WITH ROLLUP;

-- name: rollup_function_form :many
-- => kind string null, m decimal null
-- rows: many
SELECT kind, MAX(price) AS m FROM products GROUP BY ROLLUP (kind);

-- name: rollup_in_derived_table :many
-- => kind string null, n int
-- rows: many
SELECT d.kind, d.n FROM (SELECT kind, COUNT(*) AS n FROM products GROUP BY kind WITH ROLLUP) d;

-- name: rollup_expression_over_group_column :many
-- => k2 string null, n int
-- rows: many
SELECT CONCAT(kind, '!') AS k2, COUNT(*) AS n FROM products GROUP BY kind WITH ROLLUP;

-- name: rollup_having_grouping :many
-- => k string
-- rows: many
SELECT IF(GROUPING(kind) = 1, 'total', kind) AS k FROM products GROUP BY kind WITH ROLLUP HAVING GROUPING(kind) = 1 OR k IS NOT NULL;

-- name: rollup_on_empty_table_has_no_row :many
-- => status string null, s decimal null
-- rows: many
SELECT status, SUM(discount) AS s FROM orders WHERE id < 0 OR total IS NULL OR total > 0 GROUP BY status WITH ROLLUP;

-- name: any_value_is_of_its_argument :many
-- => a int, b string null, c string
-- rows: many
SELECT id % 2 AS a, ANY_VALUE(description) AS b, ANY_VALUE(title) AS c FROM products WHERE id IN (2, 3) GROUP BY id % 2;

-- name: aggregate_of_case :many
-- => a decimal, b decimal null, c int
-- rows: many
SELECT SUM(CASE WHEN active THEN 1 ELSE 0 END) AS a, SUM(CASE WHEN active THEN price END) AS b, COUNT(CASE WHEN active THEN 1 END) AS c FROM products GROUP BY kind;

-- name: aggregate_of_empty_table_in_expression :many
-- => a decimal null, b decimal, c decimal
-- params: ? int
-- rows: one
SELECT SUM(total) + 1 AS a, COALESCE(SUM(total), 0) AS b, IFNULL(MAX(total), -1) AS c FROM orders WHERE id = ?;

-- name: group_by_position_and_alias :many
-- => c int null, k string, n int
-- rows: many
SELECT category_id AS c, kind AS k, COUNT(*) AS n FROM products GROUP BY 1, k ORDER BY 3 DESC, k;

-- name: group_by_primary_key_allows_its_columns :many
-- => id bytes, name string null, email string, n int, n_of decimal null
-- rows: many
SELECT c.id, c.name, c.email, COUNT(o.id) AS n, MAX(o.total) AS n_of FROM customers c LEFT JOIN orders o ON o.customer_id = c.id GROUP BY c.id;

-- name: distinct :many
-- => kind string, featured bool null
-- rows: many
SELECT DISTINCT kind, featured FROM products;

-- name: count_with_join_and_distinct :many
-- => customers int, statuses int
-- rows: one
SELECT COUNT(DISTINCT c.id) AS customers, COUNT(DISTINCT o.status) AS statuses FROM customers c JOIN orders o ON o.customer_id = c.id;

-- name: aggregate_one_row :one
-- => n int, last datetime null
-- params: ? bytes
-- rows: one
SELECT COUNT(*) AS n, MAX(placed_at) AS last FROM orders WHERE customer_id = ?;

-- name: aggregate_with_limit_zero_or_one :one
-- => m decimal null
-- params: ? int
-- rows: one
SELECT MAX(total) AS m FROM orders WHERE id = ? LIMIT 1;

-- name: min_of_enum_is_string :many
-- => a string, b string
-- rows: many
SELECT MIN(kind) AS a, MAX(title) AS b FROM products GROUP BY active;

-- name: order_by_aggregate :many
-- => kind string
-- rows: many
SELECT kind FROM products GROUP BY kind ORDER BY COUNT(*) DESC, MAX(price);

-- name: filter_by_scalar_aggregate :many
-- => id int, total decimal
-- rows: many
SELECT id, total FROM orders WHERE total > (SELECT AVG(total) FROM orders);
