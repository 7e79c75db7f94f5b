-- schema: shop

-- name: division_by_column_is_nullable :many
-- => ratio decimal null
-- rows: many
SELECT price / stock AS ratio FROM products;

-- name: division_by_literal_is_not :many
-- => half decimal, d int, m int
-- rows: many
SELECT price / 2 AS half, stock DIV 2 AS d, stock % 3 AS m FROM products;

-- name: division_by_zero_literal :many
-- => z decimal null
-- rows: many
SELECT price / 0 AS z FROM products;

-- name: div_and_mod_by_column :many
-- => d int null, m int null, m2 int null
-- rows: many
SELECT id DIV stock AS d, id % stock AS m, MOD(id, stock) AS m2 FROM products;

-- name: decimal_arithmetic :many
-- => a decimal, b decimal, c decimal, f float, n decimal
-- rows: many
SELECT price * stock AS a, price + 1 AS b, price - 0.001 AS c, price * 1.5e0 AS f, -price AS n FROM products;

-- name: unsigned_arithmetic :many
-- => a int, b int, c int, d int
-- rows: many
SELECT id + 1 AS a, id * id AS b, -id AS c, ~id AS d FROM categories;

-- name: integer_division_of_decimals :many
-- => a int, b int, c decimal
-- rows: many
SELECT price DIV 1 AS a, 7 DIV 2 AS b, 7 / 2 AS c FROM products;

-- name: bit_operators :many
-- => a int, b int, c int, d int, e int, f int
-- rows: many
SELECT stock | 1 AS a, stock & 7 AS b, stock ^ 1 AS c, stock << 2 AS d, stock >> 1 AS e, ~stock AS f FROM products;

-- name: coalesce_ends_with_literal :many
-- => who string, none string null
-- rows: many
SELECT COALESCE(name, phone, '-') AS who, COALESCE(name, phone) AS none FROM customers;

-- name: ifnull_of_two_nullables :many
-- => a string null, b string
-- rows: many
SELECT IFNULL(name, phone) AS a, IFNULL(name, email) AS b FROM customers;

-- name: nullif_is_nullable :many
-- => a string null, b string null
-- rows: many
SELECT NULLIF(name, '') AS a, NULLIF(email, 'ann@example.com') AS b FROM customers;

-- name: if_with_null_arm :many
-- => a string, b string null
-- rows: many
SELECT IF(vip, 'yes', 'no') AS a, IF(vip, email, NULL) AS b FROM customers;

-- name: if_narrows_by_its_condition :many
-- => a string, b string null
-- rows: many
SELECT IF(name IS NOT NULL, name, email) AS a, IF(name IS NULL, name, email) AS b FROM customers;

-- name: case_without_else_is_nullable :many
-- => a int null, b int
-- rows: many
SELECT CASE WHEN vip THEN 1 END AS a, CASE WHEN vip THEN 1 ELSE 2 END AS b FROM customers;

-- name: case_with_operand :many
-- => a int, b int null
-- rows: many
SELECT CASE status WHEN 'new' THEN 0 WHEN 'paid' THEN 1 ELSE 2 END AS a, CASE status WHEN 'new' THEN 0 END AS b FROM orders;

-- name: case_narrows_then_arm :many
-- => a string, b string null
-- rows: many
SELECT CASE WHEN note IS NOT NULL THEN note ELSE '' END AS a, CASE WHEN note IS NULL THEN '' WHEN total > 0 THEN total END AS b FROM orders;

-- name: case_else_knows_that_conditions_failed :many
-- => t decimal
-- rows: many
SELECT CASE WHEN total IS NULL THEN 0 ELSE total END AS t FROM orders;

-- name: case_merges_types :many
-- => a decimal, b string, c string
-- rows: many
SELECT CASE WHEN vip THEN 1 ELSE 2.5 END AS a, CASE WHEN vip THEN 1 ELSE 'x' END AS b, CASE WHEN vip THEN created_at ELSE '2020-01-01' END AS c FROM customers;

-- name: comparison_with_null_is_nullable :many
-- => a bool null, b bool, c bool null, d bool
-- rows: many
SELECT name = 'Ann' AS a, name <=> 'Ann' AS b, name > phone AS c, name IS NULL AS d FROM customers;

-- name: logical_operators :many
-- => a bool, b bool null, c bool null, d bool
-- rows: many
SELECT vip AND email = '' AS a, vip AND name = 'x' AS b, NOT (name = 'x') AS c, (name = 'x') IS TRUE AS d FROM customers;

-- name: and_with_false_is_still_nullable_in_general :many
-- => a bool null, b bool null, x bool null
-- rows: many
SELECT featured AND active AS a, featured OR active AS b, featured XOR active AS x FROM products;

-- name: in_list_is_nullable_when_operand_is :many
-- => a bool null, b bool, c bool null
-- rows: many
SELECT name IN ('a', 'b') AS a, email IN ('a', 'b') AS b, email IN ('a', NULL) AS c FROM customers;

-- name: between_and_like :many
-- => a bool, b bool null, c bool, d bool
-- rows: many
SELECT price BETWEEN 1 AND 2 AS a, list_price BETWEEN 1 AND 2 AS b, title LIKE '%a%' AS c, title REGEXP '^A' AS d FROM products;

-- name: greatest_and_least :many
-- => a decimal, b decimal null, c int, d string
-- rows: many
SELECT GREATEST(price, 1) AS a, LEAST(price, list_price) AS b, GREATEST(stock, 0) AS c, GREATEST(title, sku) AS d FROM products;

-- name: interval_function :many
-- => bucket int
-- rows: many
SELECT INTERVAL(stock, 1, 10, 100) AS bucket FROM products;

-- name: field_and_elt :many
-- => a int, b string null
-- rows: many
SELECT FIELD(status, 'new', 'paid') AS a, ELT(id, 'one', 'two') AS b FROM orders;

-- name: string_functions :many
-- => a string, b int, c int, d string, e string, f string, g string, h string, i int, j string
-- rows: many
SELECT UPPER(email) AS a, LENGTH(email) AS b, CHAR_LENGTH(email) AS c, SUBSTRING(email, 1, 3) AS d, LEFT(email, 2) AS e, TRIM(email) AS f, REPLACE(email, '@', ' at ') AS g, REVERSE(email) AS h, INSTR(email, '@') AS i, SUBSTRING_INDEX(email, '@', 1) AS j FROM customers;

-- name: concat_is_null_if_any_is :many
-- => a string null, b string, c string
-- rows: many
SELECT CONCAT(email, name) AS a, CONCAT_WS(' ', email, name) AS b, CONCAT(email, 1) AS c FROM customers;

-- name: lpad_and_repeat :many
-- => a string, b string, c int, d int
-- rows: zero_or_one
SELECT LPAD(sku, 20, '0') AS a, HEX(id) AS b, ORD(sku) AS c, ASCII(sku) AS d FROM products WHERE id = 1;

-- name: regexp_substr_is_nullable :many
-- => a string null, b string, c bool, d int
-- rows: many
SELECT REGEXP_SUBSTR(email, 'b.b') AS a, REGEXP_REPLACE(email, '@.*', '') AS b, REGEXP_LIKE(email, 'a') AS c, REGEXP_INSTR(email, '@') AS d FROM customers;

-- name: math_functions :many
-- => a int, b int, c int, d decimal, e decimal, f decimal, g int, h float, i float, j float
-- rows: many
SELECT ABS(stock) AS a, CEIL(price) AS b, FLOOR(price) AS c, ROUND(price) AS d, ROUND(price, 1) AS e, TRUNCATE(price, 1) AS f, SIGN(price) AS g, PI() AS h, RAND() AS i, POW(price, 0) AS j FROM products;

-- name: domain_errors_are_null :many
-- => a float null, b float null, c float null
-- rows: many
SELECT SQRT(stock) AS a, LN(stock) AS b, LOG10(price) AS c FROM products;

-- name: floor_of_double_and_int :many
-- => a int, b float null, c int
-- rows: many
SELECT FLOOR(stock) AS a, CEILING(weight) AS b, ROUND(stock) AS c FROM products;

-- name: date_parts :many
-- => a int, b int, c int, d int, e date, f time, g int, h int, i int, j int
-- rows: many
SELECT YEAR(placed_at) AS a, MONTH(placed_at) AS b, DAY(placed_at) AS c, HOUR(placed_at) AS d, DATE(placed_at) AS e, TIME(placed_at) AS f, EXTRACT(YEAR_MONTH FROM placed_at) AS g, UNIX_TIMESTAMP(placed_at) AS h, WEEK(placed_at) AS i, QUARTER(placed_at) AS j FROM orders;

-- name: date_parts_of_nullable :many
-- => a int null, b date null
-- rows: many
SELECT YEAR(shipped_at) AS a, DATE(shipped_at) AS b FROM orders;

-- name: date_difference :many
-- => a int, b int null
-- rows: many
SELECT DATEDIFF(placed_at, '2020-01-01') AS a, TIMESTAMPDIFF(HOUR, placed_at, shipped_at) AS b FROM orders;

-- name: date_arithmetic_can_overflow :many
-- => a datetime null?, b datetime null?, c datetime null?
-- rows: many
SELECT placed_at + INTERVAL 1 DAY AS a, DATE_SUB(placed_at, INTERVAL 1 MONTH) AS b, DATE(placed_at) + INTERVAL 1 HOUR AS c FROM orders;

-- name: date_format_and_str_to_date :many
-- => a string, b date null
-- rows: many
SELECT DATE_FORMAT(placed_at, '%Y-%m') AS a, STR_TO_DATE(status, '%Y') AS b FROM orders;

-- name: current_times :many
-- => a datetime, b date, c time, d datetime, e datetime, f datetime, g int, h datetime, i date, j datetime
-- rows: one
SELECT NOW() AS a, CURDATE() AS b, CURTIME() AS c, UTC_TIMESTAMP() AS d, CURRENT_TIMESTAMP AS e, SYSDATE() AS f, UNIX_TIMESTAMP() AS g, LOCALTIME AS h, CURRENT_DATE AS i, NOW(6) AS j;

-- name: casts :many
-- => a int, b int, c string, d decimal, e bytes, f float, g float, h string, i date, j time
-- rows: many
SELECT CAST(price AS SIGNED) AS a, CAST(price AS UNSIGNED) AS b, CAST(price AS CHAR) AS c, CAST(stock AS DECIMAL(10,3)) AS d, CAST(title AS BINARY) AS e, CAST(price AS DOUBLE) AS f, CAST(price AS FLOAT) AS g, CONVERT(stock, CHAR(10)) AS h, CAST(created_at AS DATE) AS i, CAST(created_at AS TIME) AS j FROM products;

-- name: cast_of_text_to_date_can_fail :many
-- => a date null, b datetime null, c int
-- rows: many
SELECT CAST(title AS DATE) AS a, CAST(title AS DATETIME) AS b, CAST(title AS SIGNED) AS c FROM products;

-- name: convert_using_and_collate :many
-- => a string, b string, c string, d bool
-- rows: many
SELECT CONVERT(email USING latin1) AS a, email COLLATE utf8mb4_bin AS b, _utf8mb4'x' AS c, BINARY email = 'x' AS d FROM customers;

-- name: literals :many
-- => i int, m int, d decimal, f float, s string, t bool, n any null, h bytes, h2 bytes, bits bytes, dt date
-- => tm time, ts datetime, big int, huge decimal
-- rows: one
SELECT 1 AS i, -1 AS m, 1.5 AS d, 1e3 AS f, 'x' AS s, TRUE AS t, NULL AS n, X'4D' AS h, 0x4D AS h2, b'101' AS bits, DATE '2026-01-01' AS dt, TIME '10:00:00' AS tm, TIMESTAMP '2026-01-01 00:00:00' AS ts, 18446744073709551615 AS big, 99999999999999999999 AS huge;

-- name: adjacent_strings_are_one :many
-- => abc string, n string
-- rows: one
SELECT 'a' 'b' "c" AS abc, N'x' AS n;

-- name: unnamed_expressions :many
-- => `1 + 1` int, price/stock decimal null, `count(*) OVER ()` int, it's string
-- rows: many
SELECT 1 + 1, price/stock, count(*) OVER (), 'it''s' FROM products;

-- name: name_of_a_long_expression :many
-- => `CONCAT(title,  ' - ',   sku)` string, as string, `quoted alias` decimal
-- rows: many
SELECT CONCAT(title,  ' - ',   sku), title AS `as`, price 'quoted alias' FROM products;

-- name: boolean_tests :many
-- => a bool, b bool, c bool
-- rows: many
SELECT active IS TRUE AS a, featured IS NOT FALSE AS b, featured IS UNKNOWN AS c FROM products;

-- name: set_and_enum_functions :many
-- => b bool null, c float, d string
-- rows: many
SELECT FIND_IN_SET('new', tags) > 0 AS b, kind + 0 AS c, CONCAT(kind) AS d FROM products;

-- name: enum_and_set_columns :many
-- => kind string, tags string null
-- rows: many
SELECT kind, tags FROM products;

-- name: uuid_functions :many
-- => a string, b string, d string, e bool
-- rows: many
SELECT UUID() AS a, BIN_TO_UUID(id) AS b, HEX(id) AS d, IS_UUID(email) AS e FROM customers;

-- name: uuid_to_bin_of_param :many
-- => email string
-- params: ? string
-- rows: zero_or_one
-- with: ('00000000-0000-0000-0000-000000000001',)
SELECT email FROM customers WHERE id = UUID_TO_BIN(?);

-- name: hash_functions :many
-- => c string, d int, e string
-- rows: many
SELECT SHA2(email, 256) AS c, CRC32(email) AS d, TO_BASE64(email) AS e FROM customers;

-- name: sha2_of_bad_length_is_null :many
-- => a string null
-- rows: many
SELECT SHA2(email, 7) AS a FROM customers;

-- name: from_base64_and_unhex :many
-- => a bytes null, b bytes null
-- rows: many
SELECT FROM_BASE64(email) AS a, UNHEX(email) AS b FROM customers;

-- name: inet_functions :many
-- => a int null, b string, c bytes null, d bool
-- rows: many
SELECT INET_ATON(email) AS a, INET_NTOA(1) AS b, INET6_ATON(email) AS c, IS_IPV4(email) AS d FROM customers;

-- name: information_functions :many
-- => v string, u string, c int, d string null?, i int, r int, f int
-- rows: one
SELECT VERSION() AS v, USER() AS u, CONNECTION_ID() AS c, DATABASE() AS d, LAST_INSERT_ID() AS i, ROW_COUNT() AS r, FOUND_ROWS() AS f;

-- name: nested_ifs :many
-- => size string
-- rows: many
SELECT IF(total IS NULL, 'none', IF(total > 50, 'big', 'small')) AS size FROM orders;

-- name: coalesce_of_nested_nullif :many
-- => who string
-- rows: many
SELECT COALESCE(NULLIF(TRIM(name), ''), NULLIF(phone, ''), email) AS who FROM customers;

-- name: row_comparison :many
-- => id int
-- rows: many
SELECT id FROM orders WHERE (status, discount) = ('new', 10);

-- name: row_in_list :many
-- => order_id int, line int
-- rows: many
SELECT order_id, line FROM order_items WHERE (order_id, line) IN ((1, 1), (2, 1));

-- name: quantified_comparison :many
-- => id int, price decimal
-- rows: many
SELECT id, price FROM products WHERE price >= ALL (SELECT price FROM products) OR price < ANY (SELECT 1);

-- name: format_function :many
-- => a string, b string, c string, d int
-- rows: many
SELECT FORMAT(price, 2) AS a, INSERT(title, 1, 2, 'x') AS b, SPACE(2) AS c, STRCMP(title, sku) AS d FROM products;

-- name: bool_arithmetic :many
-- => a int, b int, c decimal, d bool
-- rows: many
SELECT active + active AS a, active * 2 AS b, SUM(active) AS c, MAX(active) AS d FROM products GROUP BY active;

-- name: time_functions :many
-- => a time, b time, c int, d int, e int, f datetime null?
-- rows: many
SELECT SEC_TO_TIME(stock) AS a, MAKETIME(1, 2, 3) AS b, TIME_TO_SEC(TIME(created_at)) AS c, DAYOFWEEK(created_at) AS d, TO_DAYS(created_at) AS e, FROM_UNIXTIME(id) AS f FROM products;

-- name: convert_tz_is_nullable :many
-- => a datetime null
-- rows: many
SELECT CONVERT_TZ(placed_at, '+00:00', 'Nowhere/Never') AS a FROM orders;

-- name: unary_minus_and_plus :many
-- => a int, b decimal, c int, d bool
-- rows: many
SELECT -stock AS a, +price AS b, - -stock AS c, !active AS d FROM products;

-- name: string_times_number_is_double :many
-- => a float, b float, c float, d int
-- rows: many
SELECT title * 2 AS a, title + 0 AS b, '1' + '2' AS c, '5' DIV 2 AS d FROM products;

-- name: decimal_and_double_mix :many
-- => a float, b float null, c decimal
-- rows: many
SELECT price * 2e0 AS a, weight * price AS b, AVG(price) OVER () AS c FROM products;
