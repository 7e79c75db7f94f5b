-- schema: shop

-- name: limit_and_offset :many
-- => id int
-- params: ? int, ? int
-- rows: many
SELECT id FROM products ORDER BY id LIMIT ? OFFSET ?;

-- name: limit_comma_form :many
-- => id int
-- params: ? int, ? int
-- rows: many
SELECT id FROM products ORDER BY id LIMIT ?, ?;

-- name: limit_named :many
-- => id int
-- params: price decimal, limit int, offset int
-- rows: many
SELECT id FROM products WHERE price > :price ORDER BY id LIMIT :limit OFFSET :offset;

-- name: compared_with_each_side :many
-- => id int, weight float null
-- params: ? decimal, ? int, ? string
-- rows: many
-- with: (Decimal(1), 99, 'Go')
SELECT id, weight FROM products WHERE ? < price AND stock <> ? AND ? = title;

-- name: in_lists :many
-- => id int
-- params: ? int, ? int, ? string, ? decimal
-- rows: many
SELECT id FROM products WHERE id IN (?, ?) AND sku NOT IN (?, 'x') AND price IN (?, 1.5);

-- name: slices :many
-- => id int, category_id int null
-- params: ids int, skus string
-- rows: many
SELECT id, category_id FROM products WHERE id IN (sqlc.slice('ids')) OR sku IN (sqlc.slice(skus));

-- name: between_params :many
-- => id int, total decimal null
-- params: ? datetime, ? datetime
-- rows: many
SELECT id, total FROM orders WHERE placed_at BETWEEN ? AND ?;

-- name: value_between_columns :many
-- => id int
-- params: ? decimal
-- rows: many
SELECT id FROM products WHERE ? BETWEEN price AND list_price;

-- name: like_params :many
-- => id int
-- params: q string, prefix string
-- rows: many
SELECT id FROM products WHERE title LIKE CONCAT('%', :q, '%') OR sku LIKE :prefix ESCAPE '!';

-- name: regexp_param :many
-- => id int
-- params: ? string
-- rows: many
-- with: ('a',)
SELECT id FROM products WHERE title REGEXP ?;

-- name: narg_is_null_or :many
-- => id bytes, name string null
-- params: name string null, vip bool null
-- rows: many
SELECT id, name FROM customers WHERE (sqlc.narg(name) IS NULL OR name = sqlc.narg(name)) AND (sqlc.narg('vip') IS NULL OR vip = sqlc.narg('vip'));

-- name: arg_used_as_two_types_takes_the_column :many
-- => id int
-- params: status string
-- rows: many
SELECT id FROM orders WHERE (:status = '' OR status = :status);

-- name: coalesce_narg_column :many
-- => id int
-- params: min_price decimal null
-- rows: many
SELECT id FROM products WHERE price >= COALESCE(sqlc.narg(min_price), price);

-- name: ifnull_param :many
-- => who string
-- params: alias string null
-- rows: many
SELECT IFNULL(sqlc.narg(alias), email) AS who FROM customers;

-- name: interval_param :many
-- => id int
-- params: ? int
-- rows: many
SELECT id FROM orders WHERE placed_at > NOW() - INTERVAL ? DAY;

-- name: date_add_param :many
-- => id int
-- params: ? datetime, ? int
-- rows: many
SELECT id FROM orders WHERE placed_at < DATE_ADD(?, INTERVAL ? HOUR);

-- name: row_constructor_params :many
-- => order_id int
-- params: ? int, ? int
-- rows: zero_or_one
SELECT order_id FROM order_items WHERE (order_id, line) = (?, ?);

-- name: row_constructor_in_list :many
-- => order_id int
-- params: ? int, ? int, ? int, ? int
-- rows: many
SELECT order_id FROM order_items WHERE (order_id, line) IN ((?, ?), (?, ?));

-- name: keyset_by_row_comparison :many
-- => id int
-- params: ? datetime, ? int, ? int
-- rows: many
SELECT id FROM products WHERE (created_at, id) < (?, ?) ORDER BY created_at DESC, id DESC LIMIT ?;

-- name: having_params :many
-- => status string, n int
-- params: ? int, ? int
-- rows: many
SELECT status, COUNT(*) AS n FROM orders GROUP BY status HAVING COUNT(*) > ? AND n < ?;

-- name: having_sum_param :many
-- => customer_id bytes, t decimal
-- params: ? decimal
-- rows: many
SELECT customer_id, SUM(total) AS t FROM orders WHERE customer_id IS NOT NULL GROUP BY customer_id HAVING SUM(total) > ?;

-- name: select_list_params :many
-- => a int, b string
-- params: ? int, ? string
-- rows: many
SELECT id + ? AS a, CONCAT(title, ?) AS b FROM products;

-- name: bare_param_in_select :many
-- => v string null
-- params: v string null
-- rows: many
SELECT sqlc.narg(v) AS v FROM products;

-- name: bare_flag :many
-- => id int, total decimal null
-- params: all_of_them bool, min_total decimal
-- rows: many
SELECT id, total FROM orders WHERE (:all_of_them OR total > :min_total);

-- name: if_flag :many
-- => id int
-- params: only_paid bool
-- rows: many
SELECT id FROM orders WHERE IF(:only_paid, status = 'paid', TRUE);

-- name: case_param :many
-- => t string
-- params: ? decimal, ? string
-- rows: many
SELECT CASE WHEN price > ? THEN ? ELSE title END AS t FROM products;

-- name: substring_params :many
-- => t string, l string
-- params: ? int, ? int, ? int
-- rows: many
-- with: (1, 2, 3)
SELECT SUBSTRING(title, ?, ?) AS t, LEFT(title, ?) AS l FROM products;

-- name: round_param :many
-- => r decimal
-- params: ? int
-- rows: many
SELECT ROUND(price, ?) AS r FROM products;

-- name: exists_with_param :many
-- => id bytes
-- params: ? decimal
-- rows: many
SELECT c.id FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id AND o.total >= ?);

-- name: in_subquery_param :many
-- => id int
-- params: ? int
-- rows: many
SELECT id FROM products WHERE ? IN (SELECT quantity FROM order_items i WHERE i.product_id = products.id);

-- name: scalar_subquery_param :many
-- => id int
-- params: ? string
-- rows: many
SELECT id FROM products WHERE price > (SELECT AVG(price) FROM products WHERE kind = ?);

-- name: join_condition_param :many
-- => id bytes, n int null
-- params: ? string, ? datetime
-- rows: many
SELECT c.id, o.id AS n FROM customers c LEFT JOIN orders o ON o.customer_id = c.id AND o.status = ? AND o.placed_at > ?;

-- name: param_in_derived_table :many
-- => n int
-- params: ? decimal, ? int
-- rows: zero_or_one
SELECT d.n FROM (SELECT COUNT(*) AS n FROM orders WHERE total > ?) d WHERE d.n > ?;

-- name: param_in_cte :many
-- => id int
-- params: ? decimal, ? int
-- rows: many
WITH r AS (SELECT id FROM products WHERE price < ?) SELECT id FROM r WHERE id <> ?;

-- name: param_in_order_by :many
-- => id int
-- params: ? int, ? int
-- rows: many
SELECT id FROM products ORDER BY FIELD(id, ?, ?);

-- name: order_by_case_param :many
-- => id int
-- params: by_price bool
-- rows: many
SELECT id FROM products ORDER BY CASE WHEN :by_price THEN price END, id;

-- name: null_safe_param :many
-- => customer_id bytes null
-- params: customer_id bytes null
-- rows: many
SELECT customer_id FROM orders WHERE customer_id <=> sqlc.narg(customer_id);

-- name: json_param_compare :many
-- => id bytes
-- params: ? string
-- rows: many
SELECT id FROM customers WHERE settings->>'$.lang' = ?;

-- name: date_functions_of_params :many
-- => id int
-- params: ? date, ? int, ? int, ? int
-- rows: many
SELECT id FROM orders WHERE DATE(placed_at) = ? AND YEAR(placed_at) = ? AND MONTH(placed_at) IN (?, ?);

-- name: date_format_param :many
-- => d string null
-- params: ? string, ? datetime
-- rows: many
SELECT DATE_FORMAT(placed_at, ?) AS d FROM orders WHERE shipped_at >= ?;

-- name: enum_params :many
-- => id int
-- params: ? string, ? string, ? string
-- rows: many
SELECT id FROM orders WHERE status = ? OR status IN (?, ?);

-- name: set_param :many
-- => id int
-- params: ? string
-- rows: many
SELECT id FROM products WHERE FIND_IN_SET(?, tags);

-- name: match_against_param :many
-- => id int, score float
-- params: q string
-- rows: many
SELECT id, MATCH (title, description) AGAINST (:q IN BOOLEAN MODE) AS score FROM products WHERE MATCH (title, description) AGAINST (:q IN BOOLEAN MODE);

-- name: greatest_params :many
-- => g int
-- params: ? int
-- rows: many
SELECT GREATEST(stock, ?) AS g FROM products;

-- name: bool_column_param :many
-- => id int
-- params: ? bool, ? bool
-- rows: many
SELECT id FROM products WHERE active = ? AND featured = ?;

-- name: unsigned_param :many
-- => id int
-- params: ? int
-- rows: zero_or_one
SELECT id FROM orders WHERE id = ?;

-- name: double_param :many
-- => id int
-- params: ? float
-- rows: many
SELECT id FROM products WHERE weight > ?;

-- name: params_keep_order_of_first_use :many
-- => x string, id int
-- params: b string, a int
-- rows: many
SELECT :b AS x, id FROM products WHERE stock > :a AND title = :b;

-- name: uuid_param :one
-- => email string, name string null
-- params: ? bytes
-- rows: zero_or_one
SELECT email, name FROM customers WHERE id = ?;

-- name: concat_ws_params :many
-- => t string
-- params: ? string, ? string
-- rows: zero_or_one
SELECT CONCAT_WS(?, title, ?) AS t FROM products WHERE id = 1;

-- name: name_twice_in_union :many
-- => id decimal
-- params: since datetime
-- rows: many
SELECT id FROM orders WHERE placed_at > :since UNION SELECT id FROM products WHERE created_at > :since;

-- name: question_mark_inside_strings_and_comments :many
-- => id int, a string, b string, title string
-- params: ? int
-- rows: zero_or_one
SELECT id, '?' AS a, ':x' AS b, `title` FROM products /* ? :no */ WHERE id = ? -- ? :nor this
 AND sku <> '%s';

-- name: percent_and_colon :many
-- => m int null, p string, c string
-- params: ? int
-- rows: many
-- with: (3,)
SELECT id % ? AS m, '100%' AS p, "a:b" AS c FROM products WHERE title LIKE '%a%';

-- name: time_literal_is_no_param :many
-- => id int
-- rows: many
SELECT id FROM orders WHERE TIME(placed_at) > '10:30:00';

-- name: arithmetic_with_decimal_param :many
-- => a decimal, b decimal
-- params: ? decimal, ? decimal
-- rows: many
SELECT price * ? AS a, price + ? AS b FROM products;

-- name: window_frame_param :many
-- => s decimal
-- params: ? int
-- rows: many
SELECT SUM(price) OVER (ORDER BY id ROWS BETWEEN ? PRECEDING AND CURRENT ROW) AS s FROM products;

-- name: str_to_date_param :many
-- => d date null
-- params: ? string
-- rows: many
SELECT STR_TO_DATE(?, '%Y-%m-%d') AS d FROM products;

-- name: timestampdiff_param :many
-- => s int
-- params: ? datetime, ? datetime
-- rows: many
SELECT TIMESTAMPDIFF(SECOND, placed_at, ?) AS s FROM orders WHERE placed_at < ?;

-- name: subtract_params_compare :many
-- => id int
-- params: ? decimal, ? int
-- rows: many
SELECT id FROM products WHERE price - ? > ? * stock;
