-- schema: star

-- name: q_store_returns_above_average :many
-- => customer int null, total decimal null
-- rows: many
-- given: INSERT INTO store_sales VALUES (1, 2, NULL, NULL, 77, 1, 1, NULL, 1);
WITH ctr AS (SELECT ss_customer_sk AS customer, ss_store_sk AS store, SUM(ss_paid) AS total FROM store_sales JOIN date_dim ON ss_date_sk = d_sk GROUP BY ss_customer_sk, ss_store_sk)
SELECT c.customer, c.total FROM ctr c WHERE c.total > (SELECT AVG(total) * 0.5 FROM ctr c2 WHERE c.store <=> c2.store) OR c.total IS NULL OR c.total = 0 ORDER BY 1 LIMIT 100;

-- name: q_year_over_year :many
-- => yr int, i_sk int, growth decimal null
-- rows: many
WITH y AS (SELECT d_year AS yr, i_sk, SUM(ss_paid) AS paid FROM store_sales, item, date_dim WHERE i_sk = ss_item_sk AND d_sk = ss_date_sk AND d_year IS NOT NULL GROUP BY d_year, i_sk)
SELECT a.yr, a.i_sk, a.paid - b.paid AS growth FROM y a LEFT JOIN y b ON b.yr = a.yr - 1 AND b.i_sk = a.i_sk;

-- name: q_rollup_by_category_class :many
-- => i_category string null, i_class string null, profit decimal null, level int, place int
-- rows: many
SELECT i_category, i_class, SUM(ss_profit) AS profit, GROUPING(i_category) + GROUPING(i_class) AS level, RANK() OVER (PARTITION BY GROUPING(i_category) + GROUPING(i_class) ORDER BY SUM(ss_profit) DESC) AS place
FROM store_sales JOIN item ON i_sk = ss_item_sk GROUP BY i_category, i_class WITH ROLLUP;

-- name: q_pivot_by_day :many
-- => s_id string, sun decimal null, mon decimal null
-- rows: many
SELECT s_id, SUM(CASE WHEN d_day_name = 'Wednesday' THEN ss_paid ELSE NULL END) AS sun, SUM(CASE WHEN d_day_name = 'Thursday' THEN ss_paid END) AS mon FROM store_sales, date_dim, store WHERE d_sk = ss_date_sk AND s_sk = ss_store_sk GROUP BY s_id;

-- name: q_channels_union :many
-- => channel string, customer int null, paid decimal null, n int
-- rows: many
SELECT channel, customer, SUM(paid) AS paid, COUNT(*) AS n FROM (SELECT 'store' AS channel, ss_customer_sk AS customer, ss_paid AS paid FROM store_sales UNION ALL SELECT 'web', ws_customer_sk, ws_paid FROM web_sales) x GROUP BY channel, customer;

-- name: q_full_outer_by_union :many
-- => ss_item_sk int null, ws_item_sk int null
-- rows: many
SELECT s.ss_item_sk, w.ws_item_sk FROM store_sales s LEFT JOIN web_sales w ON w.ws_item_sk = s.ss_item_sk AND w.ws_order = s.ss_ticket UNION SELECT s.ss_item_sk, w.ws_item_sk FROM store_sales s RIGHT JOIN web_sales w ON w.ws_item_sk = s.ss_item_sk AND s.ss_ticket < 0;

-- name: q_returns_ratio :many
-- => i_id string, ratio decimal null
-- rows: many
-- given: DELETE FROM store_sales WHERE ss_ticket <> 2;
SELECT i.i_id, COALESCE(SUM(r.sr_amount), 0) / NULLIF(SUM(s.ss_paid), 0) AS ratio FROM store_sales s JOIN item i ON i.i_sk = s.ss_item_sk LEFT JOIN store_returns r ON r.sr_item_sk = s.ss_item_sk AND r.sr_ticket = s.ss_ticket GROUP BY i.i_id;

-- name: q_top_items_per_store :many
-- => ss_store_sk int null, ss_item_sk int, units decimal, place int
-- rows: many
SELECT * FROM (SELECT ss_store_sk, ss_item_sk, SUM(COALESCE(ss_quantity, 0)) AS units, DENSE_RANK() OVER (PARTITION BY ss_store_sk ORDER BY SUM(COALESCE(ss_quantity, 0)) DESC) AS place FROM store_sales GROUP BY ss_store_sk, ss_item_sk) t WHERE t.place <= 5;

-- name: q_customers_in_both_channels :many
-- => n int
-- rows: one
SELECT COUNT(*) AS n FROM (SELECT ss_customer_sk FROM store_sales WHERE ss_customer_sk IS NOT NULL INTERSECT SELECT ws_customer_sk FROM web_sales) both_;

-- name: q_customers_only_store :many
-- => c_id string
-- rows: many
SELECT c_id FROM customer WHERE c_sk IN (SELECT ss_customer_sk FROM store_sales EXCEPT SELECT ws_customer_sk FROM web_sales);

-- name: q_running_share :many
-- => d_year int null, paid decimal null, running decimal null, share decimal null
-- rows: many
-- given: DELETE FROM store_sales WHERE ss_ticket <> 2;
SELECT d_year, SUM(ss_paid) AS paid, SUM(SUM(ss_paid)) OVER (ORDER BY d_year) AS running, 100 * SUM(ss_paid) / SUM(SUM(ss_paid)) OVER () AS share FROM store_sales LEFT JOIN date_dim ON d_sk = ss_date_sk GROUP BY d_year, ss_ticket;

-- name: q_exists_or_exists :many
-- => c_id string, c_first string null
-- rows: many
SELECT c_id, c_first FROM customer c WHERE EXISTS (SELECT * FROM store_sales WHERE c.c_sk = ss_customer_sk) OR EXISTS (SELECT * FROM web_sales WHERE c.c_sk = ws_customer_sk);

-- name: q_correlated_average :many
-- => ss_ticket int, ss_quantity int null
-- rows: many
SELECT ss_ticket, ss_quantity FROM store_sales s WHERE NOT (ss_quantity > (SELECT 1.2 * AVG(ss_quantity) FROM store_sales s2 WHERE s2.ss_item_sk = s.ss_item_sk)) OR ss_quantity IS NULL;

-- name: q_scalar_buckets :many
-- => b decimal null
-- rows: many
SELECT CASE WHEN (SELECT COUNT(*) FROM store_sales WHERE ss_quantity BETWEEN 1 AND 20) > 10 THEN (SELECT AVG(ss_list) FROM store_sales) ELSE (SELECT AVG(ss_paid) FROM store_sales WHERE ss_quantity > 1000) END AS b FROM store;

-- name: q_lag_by_month :many
-- => d_moy int null, paid decimal null, before_ decimal null, after_ decimal null
-- rows: many
SELECT d_moy, SUM(ss_paid) AS paid, LAG(SUM(ss_paid)) OVER (ORDER BY d_moy) AS before_, LEAD(SUM(ss_paid)) OVER (ORDER BY d_moy) AS after_ FROM store_sales LEFT JOIN date_dim ON d_sk = ss_date_sk GROUP BY d_moy, ss_ticket;

-- name: q_three_ctes_and_cross_join :many
-- => ratio decimal null, n int
-- params: ? int, ? int
-- rows: one
WITH s AS (SELECT SUM(ss_paid) AS v FROM store_sales WHERE ss_quantity > ?), w AS (SELECT SUM(ws_paid) AS v FROM web_sales WHERE ws_quantity > ?), n AS (SELECT COUNT(*) AS n FROM customer) SELECT s.v / w.v AS ratio, n.n FROM s, w, n;

-- name: q_median_like :many
-- => ss_paid decimal null, r int, n int
-- rows: many
SELECT ss_paid, ROW_NUMBER() OVER (ORDER BY ss_paid) AS r, COUNT(*) OVER () AS n FROM store_sales WHERE ss_paid > 0 OR ss_paid IS NULL;

-- name: q_stddev_over_mean :many
-- => i_sk int, n int, cov float null
-- rows: many
SELECT i_sk, COUNT(*) AS n, STDDEV_SAMP(ss_quantity) / NULLIF(AVG(ss_quantity), 0) AS cov FROM store_sales JOIN item ON i_sk = ss_item_sk GROUP BY i_sk;

-- name: q_in_list_of_years :many
-- => s_id string, d_year int, n int
-- params: ? int, ? int, ? int
-- rows: many
SELECT s.s_id, d.d_year, COUNT(*) AS n FROM store_sales JOIN store s ON s.s_sk = ss_store_sk JOIN date_dim d ON d.d_sk = ss_date_sk WHERE d.d_year IN (?, ?, ? + 1) GROUP BY s.s_id, d.d_year HAVING COUNT(*) >= 1 ORDER BY n DESC;

-- name: q_substr_and_between_dates :many
-- => state string null, p decimal
-- params: ? date
-- rows: many
SELECT SUBSTR(s_name, 1, 3) AS state, SUM(COALESCE(ss_profit, 0)) AS p FROM store LEFT JOIN store_sales ON ss_store_sk = s_sk LEFT JOIN date_dim ON d_sk = ss_date_sk AND d_date BETWEEN CAST(? AS DATE) AND (CAST('2025-01-01' AS DATE) + INTERVAL 60 DAY) GROUP BY SUBSTR(s_name, 1, 3);

-- name: q_two_level_aggregate :many
-- => m decimal null, n int
-- rows: one
SELECT MAX(t.total) AS m, COUNT(t.total) AS n FROM (SELECT ss_customer_sk, SUM(ss_paid) AS total FROM store_sales GROUP BY ss_customer_sk) t;

-- name: q_cumulative_distinct :many
-- => ss_customer_sk int null, first_year int null, items int
-- rows: many
SELECT ss_customer_sk, MIN(d_year) AS first_year, COUNT(DISTINCT ss_item_sk) AS items FROM store_sales LEFT JOIN date_dim ON d_sk = ss_date_sk GROUP BY ss_customer_sk;

-- name: q_rollup_with_null_keys_told_apart :many
-- => brand string null, paid decimal null
-- rows: many
SELECT CASE WHEN GROUPING(i_brand) = 1 THEN 'all' ELSE i_brand END AS brand, SUM(ss_paid) AS paid FROM store_sales JOIN item ON i_sk = ss_item_sk GROUP BY i_brand WITH ROLLUP ORDER BY GROUPING(i_brand);

-- name: q_union_of_rollups :many
-- => k string null, v decimal null
-- rows: many
SELECT s_state AS k, SUM(s_gmt) AS v FROM store GROUP BY s_state WITH ROLLUP UNION ALL SELECT i_category, SUM(i_price) FROM item GROUP BY i_category WITH ROLLUP;

-- name: q_lateral_recent :many
-- => c_id string, d_date date null
-- rows: many
SELECT c.c_id, x.d_date FROM customer c LEFT JOIN LATERAL (SELECT d.d_date FROM store_sales s JOIN date_dim d ON d.d_sk = s.ss_date_sk WHERE s.ss_customer_sk = c.c_sk ORDER BY d.d_date DESC LIMIT 1) x ON TRUE;

-- name: q_abc_analysis :many
-- => i_sk int, class_ string null
-- rows: many
-- given: DELETE FROM store_sales;
SELECT i_sk, CASE WHEN share <= 0.8 THEN 'A' WHEN share <= 0.95 THEN 'B' WHEN share > 0.95 THEN 'C' END AS class_ FROM (SELECT i_sk, SUM(p) OVER (ORDER BY p DESC) / NULLIF(SUM(p) OVER (), 0) AS share FROM (SELECT i_sk, COALESCE(SUM(ss_profit), 0) AS p FROM item LEFT JOIN store_sales ON ss_item_sk = i_sk GROUP BY i_sk) a) b;
