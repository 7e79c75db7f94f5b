-- schema: shop

-- name: row_number_rank_dense_rank :many
-- => id int, a int, b int, c int, d int, e float, f float
-- rows: many
SELECT id, ROW_NUMBER() OVER (ORDER BY price) AS a, RANK() OVER (ORDER BY price) AS b, DENSE_RANK() OVER (PARTITION BY kind ORDER BY price) AS c, NTILE(4) OVER (ORDER BY id) AS d, PERCENT_RANK() OVER (ORDER BY id) AS e, CUME_DIST() OVER (ORDER BY id) AS f FROM products;

-- name: lag_and_lead_are_nullable :many
-- => a decimal null, b string null
-- rows: many
SELECT LAG(price) OVER (ORDER BY id) AS a, LEAD(title, 2) OVER (ORDER BY id) AS b FROM products;

-- name: lag_with_default_is_not :many
-- => a decimal, b decimal null
-- rows: many
SELECT LAG(price, 1, 0) OVER (ORDER BY id) AS a, LAG(price, 1, list_price) OVER (ORDER BY id) AS b FROM products WHERE id IN (2, 4);

-- name: lag_of_zero_rows_is_the_row_itself :many
-- => a int
-- rows: many
SELECT LAG(stock, 0) OVER (ORDER BY id) AS a FROM products;

-- name: first_last_and_nth_value :many
-- => a string, b string, c string null
-- rows: many
SELECT FIRST_VALUE(title) OVER (ORDER BY id) AS a, LAST_VALUE(title) OVER (ORDER BY id) AS b, NTH_VALUE(title, 2) OVER (ORDER BY id) AS c FROM products;

-- name: first_value_over_frame_that_can_be_empty :many
-- => a string null
-- rows: many
SELECT FIRST_VALUE(title) OVER (ORDER BY id ROWS BETWEEN 2 FOLLOWING AND 3 FOLLOWING) AS a FROM products;

-- name: sum_over_default_frame_is_never_empty :many
-- => a decimal, b decimal null, c int
-- rows: many
SELECT SUM(stock) OVER (ORDER BY id) AS a, SUM(list_price) OVER (PARTITION BY kind) AS b, COUNT(*) OVER () AS c FROM products;

-- name: sum_over_empty_frame :many
-- => a decimal null, b int
-- rows: many
SELECT SUM(stock) OVER (ORDER BY id ROWS BETWEEN 3 PRECEDING AND 1 PRECEDING) AS a, COUNT(*) OVER (ORDER BY id ROWS BETWEEN 3 PRECEDING AND 1 PRECEDING) AS b FROM products;

-- name: moving_average_includes_current_row :many
-- => a decimal, b decimal
-- rows: many
SELECT AVG(price) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS a, MAX(price) OVER (ORDER BY id ROWS 1 PRECEDING) AS b FROM products;

-- name: named_windows :many
-- => a decimal, b int, c int null
-- rows: many
SELECT SUM(price) OVER w AS a, COUNT(*) OVER (w ROWS UNBOUNDED PRECEDING) AS b, LAG(id) OVER w AS c FROM products WINDOW w AS (PARTITION BY kind ORDER BY id);

-- name: range_interval_frame :many
-- => id int, n int
-- rows: many
SELECT id, COUNT(*) OVER (ORDER BY placed_at RANGE BETWEEN INTERVAL 30 DAY PRECEDING AND CURRENT ROW) AS n FROM orders;

-- name: window_over_aggregate :many
-- => status string, s decimal null, overall decimal null, r int, share decimal null
-- rows: many
-- given: DELETE FROM orders WHERE id <> 2;
SELECT status, SUM(total) AS s, SUM(SUM(total)) OVER () AS overall, RANK() OVER (ORDER BY SUM(discount)) AS r, SUM(total) / SUM(SUM(total)) OVER () AS share FROM orders WHERE total IS NOT NULL OR id = 2 GROUP BY status, id;

-- name: top_n_per_group :many
-- => kind string, title string
-- rows: many
SELECT t.kind, t.title FROM (SELECT kind, title, ROW_NUMBER() OVER (PARTITION BY kind ORDER BY price DESC) AS n FROM products) t WHERE t.n <= 2;

-- name: running_total :many
-- => id int, running decimal null
-- rows: many
SELECT o.id, SUM(o.total) OVER (ORDER BY o.placed_at, o.id) AS running FROM orders o WHERE o.id IN (2, 5, 6);

-- name: stddev_over :many
-- => a float, b float
-- rows: many
SELECT STDDEV_POP(price) OVER (PARTITION BY kind) AS a, VAR_POP(stock) OVER () AS b FROM products;

-- name: bit_or_and_json_arrayagg_over :many
-- => a int, b json
-- rows: many
SELECT BIT_OR(stock) OVER () AS a, JSON_ARRAYAGG(title) OVER (PARTITION BY kind) AS b FROM products;

-- name: window_in_order_by_only :many
-- => id int
-- rows: many
SELECT id FROM products ORDER BY ROW_NUMBER() OVER (ORDER BY price DESC);

-- name: window_of_outer_joined :many
-- => id bytes, a datetime null
-- rows: many
SELECT c.id, MAX(o.placed_at) OVER (PARTITION BY c.id) AS a FROM customers c LEFT JOIN orders o ON o.customer_id = c.id;

-- name: range_over_nullable_order_can_still_not_be_empty :many
-- => n int, f string
-- rows: many
SELECT COUNT(*) OVER (ORDER BY list_price) AS n, FIRST_VALUE(sku) OVER (ORDER BY list_price) AS f FROM products;

-- name: difference_to_previous :many
-- => id int, d decimal null
-- rows: many
SELECT id, price - LAG(price) OVER (ORDER BY id) AS d FROM products;
