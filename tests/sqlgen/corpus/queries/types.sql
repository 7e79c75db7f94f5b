-- schema: events

-- name: every_column :many
-- => id int, ti int null, tu int, bo bool null, si int null, mi int null, bi int null, bu int
-- => de decimal null, du decimal, fl float null, db float, ch string null, vc string, tt string null
-- => tx string null, mt string null, lt string null, bn bytes null, vb bytes, tb bytes null, bl bytes null
-- => mb bytes null, lb bytes null, en string null, se string, da date null, dt datetime, d3 datetime null
-- => ts datetime null, tm time null, t6 time, ye int null, b1 bit null, b8 bit, b64 bit null, js json null
-- => jn json, ge geometry null, po geometry, ls geometry null, pg geometry null, mp geometry null
-- => gc geometry null
-- rows: many
SELECT * FROM zoo;

-- name: coalesced_types :many
-- => a int, b decimal, c float, d string, e bytes, f string, g string, h datetime, i time, j int, k string
-- => l decimal, m datetime, n datetime
-- rows: many
SELECT COALESCE(ti, 0) AS a, COALESCE(de, 0) AS b, COALESCE(fl, 0) AS c, COALESCE(tx, '') AS d, COALESCE(bn, '') AS e, COALESCE(en, 'none') AS f, COALESCE(da, '2000-01-01') AS g, COALESCE(da, dt) AS h, COALESCE(tm, t6) AS i, COALESCE(ye, 2000) AS j, COALESCE(js, '{}') AS k, COALESCE(b64, 0) AS l, COALESCE(ts, dt) AS m, COALESCE(d3, NOW()) AS n FROM zoo;

-- name: max_of_types :many
-- => a int null, b decimal null, c float null, d string null, e bytes null, f string null, g date null
-- => h datetime null, i time null, j int null, k bit null
-- params: ? int
-- rows: one
SELECT MAX(ti) AS a, MAX(de) AS b, MAX(fl) AS c, MAX(vc) AS d, MAX(vb) AS e, MAX(en) AS f, MAX(da) AS g, MAX(ts) AS h, MAX(tm) AS i, MAX(ye) AS j, MAX(b8) AS k FROM zoo WHERE id > ?;

-- name: sum_of_types :many
-- => id int, a decimal, b decimal, c decimal, d float, e decimal, f decimal, g float
-- rows: many
SELECT id, SUM(tu) AS a, SUM(bu) AS b, SUM(du) AS c, SUM(db) AS d, SUM(b8) AS e, AVG(t6) AS f, SUM(vc) AS g FROM zoo GROUP BY id;

-- name: arithmetic_of_types :many
-- => a int, b int, c decimal, d float, e int, f int, g decimal, h float, i float
-- rows: zero_or_one
SELECT tu + 1 AS a, bu + 1 AS b, du * 2 AS c, db + 1 AS d, b8 + 0 AS e, dt + 0 AS f, t6 + 0 AS g, vc + 1 AS h, jn + 0 AS i FROM zoo WHERE id = 2;

-- name: year_arithmetic :many
-- => a int null, b decimal null
-- rows: many
SELECT ye + 1 AS a, ye * 1.5 AS b FROM zoo;

-- name: spatial_functions :many
-- => a string, b float null, c float, d json, e int, f bytes
-- rows: many
SELECT ST_AsText(po) AS a, ST_Distance(po, ge) AS b, ST_X(po) AS c, ST_AsGeoJSON(po) AS d, ST_SRID(po) AS e, ST_AsBinary(po) AS f FROM zoo;

-- name: point_constructor :many
-- => p geometry
-- rows: one
SELECT POINT(1, 2) AS p;

-- name: bit_columns :many
-- => b1 bit null, b8 bit, b64 bit null, a int, b string, c string null
-- rows: many
SELECT b1, b8, b64, b8 & b'1' AS a, BIN(b8) AS b, HEX(b64) AS c FROM zoo;

-- name: case_of_mixed_temporals :many
-- => a string, b time null
-- rows: many
SELECT CASE WHEN id <> 2 THEN dt ELSE '2026-01-01' END AS a, CASE WHEN id = 1 THEN tm END AS b FROM zoo;

-- name: if_of_enum_and_text :many
-- => b string null, c string
-- rows: many
SELECT IF(id = 2, en, vc) AS b, IF(id = 1, vc, se) AS c FROM zoo;

-- name: comparison_of_types :many
-- => a bool null, b bool null, c bool null, d bool null, e bool, f bool
-- rows: many
SELECT da < dt AS a, tm = t6 AS b, en = 'a' AS c, js = jn AS d, se = 'x' AS e, b8 > 1 AS f FROM zoo;

-- name: greatest_of_types :many
-- => a decimal null, b int, c datetime, d time
-- rows: many
SELECT GREATEST(de, 1) AS a, GREATEST(tu, bu) AS b, GREATEST(dt, dt) AS c, GREATEST(t6, t6) AS d FROM zoo;

-- name: concat_of_binary_is_bytes :many
-- => a bytes, b bytes, c string, d bytes null, e string, f string
-- rows: many
SELECT CONCAT(vb, vb) AS a, CONCAT(vb, vc) AS b, UPPER(vc) AS c, CONCAT(bn, 'x') AS d, HEX(vb) AS e, TO_BASE64(vb) AS f FROM zoo;

-- name: text_functions_keep_text :many
-- => a string null, b string null, c string
-- rows: many
SELECT UPPER(tx) AS a, CONCAT(lt, 'x') AS b, LEFT(vc, 1) AS c FROM zoo;

-- name: date_functions_of_each :many
-- => a date null, b time null, c int null, d string null, e string null, f date
-- rows: many
SELECT DATE(ts) AS a, TIME(d3) AS b, YEAR(da) AS c, MONTHNAME(da) AS d, DAYNAME(ts) AS e, LAST_DAY(dt) AS f FROM zoo;

-- name: timestampadd_and_diff :many
-- => a int null, b datetime null?, c int
-- rows: many
SELECT TIMESTAMPDIFF(DAY, da, dt) AS a, TIMESTAMPADD(MINUTE, 5, dt) AS b, DATEDIFF(dt, dt) AS c FROM zoo WHERE id < 3;

-- name: addtime_and_timediff :many
-- => a time null, b time null?, c time null?, d string
-- rows: many
SELECT ADDTIME(tm, '01:00:00') AS a, TIMEDIFF(dt, dt) AS b, SUBTIME(t6, '1') AS c, TIME_FORMAT(t6, '%H') AS d FROM zoo;

-- name: generated_columns :many
-- => id int, day date, user_name string null, amount decimal null, doubled int
-- rows: many
SELECT id, day, user_name, amount, doubled FROM events;

-- name: generated_json_path_by_hand :many
-- => u string null, a json null
-- rows: many
SELECT payload->>'$.user' AS u, payload->'$.amount' AS a FROM events;

-- name: events_star :many
-- => id int, kind string, payload json, meta json null, happened datetime, day date, user_name string null
-- => amount decimal null, doubled int
-- rows: many
SELECT * FROM events;

-- name: events_by_day :many
-- => day date, kind string, n int, total decimal null
-- rows: many
SELECT day, kind, COUNT(*) AS n, SUM(amount) AS total FROM events GROUP BY day, kind;

-- name: invisible_column_is_not_in_star :many
-- => id int, shown int
-- rows: many
SELECT * FROM secrets;

-- name: invisible_column_by_name :many
-- => id int, hidden int null
-- rows: many
SELECT id, hidden FROM secrets;

-- name: vectors :many
-- error(compiler): the driver cannot read
SELECT id, embedding, maybe FROM vectors;

-- name: vectors_as_bytes :many
-- => id int, embedding bytes, maybe bytes null
-- rows: many
SELECT id, CAST(embedding AS BINARY) AS embedding, CAST(maybe AS BINARY) AS maybe FROM vectors;

-- name: vector_functions :many
-- => a int, b string
-- rows: many
SELECT VECTOR_DIM(embedding) AS a, VECTOR_TO_STRING(embedding) AS b FROM vectors;

-- name: to_vector_param :exec
-- => -
-- params: ? string
-- with: ('[1,2,3]',)
INSERT INTO vectors (id, embedding) VALUES (77, STRING_TO_VECTOR(?));

-- name: insert_event :exec
-- => -
-- params: ? string, ? json, ? json null, ? datetime
INSERT INTO events (kind, payload, meta, happened) VALUES (?, ?, ?, ?);

-- name: insert_every_kind_of_param :exec
-- => -
-- params: ti int null, tu int, bo bool null, de decimal null, du decimal, fl float null, db float, ch string null, vc string, tx string null, bn bytes null, vb bytes, bl bytes null, en string null, da date null, dt datetime, ts datetime null, tm time null, t6 time, ye int null, b1 bit null, b8 bit, js json null, jn json
INSERT INTO zoo (id, ti, tu, bo, bu, de, du, fl, db, ch, vc, tx, bn, vb, bl, en, se, da, dt, ts, tm, t6, ye, b1, b8, js, jn, po)
VALUES (99, :ti, :tu, :bo, 1, :de, :du, :fl, :db, :ch, :vc, :tx, :bn, :vb, :bl, :en, 'x', :da, :dt, :ts, :tm, :t6, :ye, :b1, :b8, :js, :jn, POINT(0, 0));

-- name: compare_every_kind_of_param :many
-- => id int
-- params: ti int, bo bool, de decimal, fl float, ch string, bn bytes, en string, da date, ts datetime, tm time, ye int, b8 bit
-- rows: many
SELECT id FROM zoo WHERE ti = :ti OR bo = :bo OR de = :de OR fl = :fl OR ch = :ch OR bn = :bn OR en = :en OR da = :da OR ts = :ts OR tm = :tm OR ye = :ye OR b8 = :b8;

-- name: find_in_set_param :many
-- => id int
-- params: member string
-- rows: many
SELECT id FROM zoo WHERE FIND_IN_SET(:member, se) > 0;

-- name: min_max_of_text_types :many
-- => a string, b bytes
-- rows: many
SELECT MIN(vc) AS a, MAX(vb) AS b FROM zoo GROUP BY id;

-- name: union_of_text_types :many
-- => x string null
-- rows: many
SELECT tx AS x FROM zoo UNION SELECT vc FROM zoo;

-- name: union_of_blob_and_text :many
-- => x bytes null
-- rows: many
SELECT bl AS x FROM zoo UNION SELECT tx FROM zoo;

-- name: union_of_float_and_int :many
-- => x float null
-- rows: many
SELECT fl AS x FROM zoo UNION SELECT bi FROM zoo;

-- name: union_of_time_and_datetime :many
-- => x datetime
-- rows: many
SELECT t6 AS x FROM zoo UNION SELECT dt FROM zoo;

-- name: union_of_year_and_int :many
-- => x int null
-- rows: many
SELECT ye AS x FROM zoo UNION SELECT id FROM zoo;

-- name: union_of_bit_and_int :many
-- => x decimal
-- rows: many
SELECT b8 AS x FROM zoo UNION SELECT id FROM zoo;

-- name: union_of_sets :many
-- => x string
-- rows: many
SELECT se AS x FROM zoo UNION SELECT se FROM zoo;

-- name: union_of_geometry :many
-- => x geometry null
-- rows: many
SELECT po AS x FROM zoo UNION ALL SELECT ge FROM zoo;

-- name: convert_charset_column :many
-- => k string, raw string
-- rows: many
SELECT CONVERT(kind USING utf8mb4) AS k, kind AS raw FROM events;

-- name: time_as_number_and_text :many
-- => a string, b int null, c date, d decimal, e int, f string
-- rows: zero_or_one
SELECT CAST(t6 AS CHAR) AS a, CAST(tm AS SIGNED) AS b, CAST(dt AS DATE) AS c, CAST(dt AS DECIMAL(20,6)) AS d, CAST(b8 AS UNSIGNED) AS e, CAST(jn AS CHAR) AS f FROM zoo WHERE id = 2;

-- name: json_scalar_comparison :many
-- => id int
-- rows: many
SELECT id FROM zoo WHERE jn->'$[0]' = 1;

-- name: avg_of_year_and_bit :many
-- => id int, a decimal null, b decimal
-- rows: many
SELECT id, AVG(ye) AS a, AVG(b8) AS b FROM zoo GROUP BY id;

-- name: json_agg_of_types :many
-- => id int, a json, b json
-- rows: many
SELECT id, JSON_ARRAYAGG(da) AS a, JSON_OBJECTAGG(vc, de) AS b FROM zoo GROUP BY id;

-- name: nullif_of_types :many
-- => a datetime null, b int null, c float null, d string null
-- rows: zero_or_one
SELECT NULLIF(dt, '2000-01-01') AS a, NULLIF(bu, 0) AS b, NULLIF(db, 0) AS c, NULLIF(vc, '') AS d FROM zoo WHERE id = 2;

-- name: insert_into_a_generated_column :exec
-- error: generated
INSERT INTO events (kind, payload, happened, day) VALUES ('x', '{}', NOW(), '2026-01-01');

-- name: update_of_a_generated_column :exec
-- error: generated
UPDATE events SET doubled = 4 WHERE id = ?;

-- name: bytes_that_are_no_text :many
-- => a string null, b string null, c string null, d string null
-- rows: many
SELECT CAST(b8 AS CHAR) AS a, CONVERT(po USING utf8mb4) AS b, CAST(X'FF' AS CHAR) AS c, CONVERT(po, CHAR(10)) AS d FROM zoo;
