-- schema: shop

-- name: arrow_operators :many
-- => a json null, b string null
-- rows: many
SELECT attributes->'$.color' AS a, attributes->>'$.color' AS b FROM products;

-- name: arrow_on_not_null_column_can_find_nothing :many
-- => settings->'$.lang' json null, settings->>'$.lang' string null
-- rows: many
SELECT settings->'$.lang', settings->>'$.lang' FROM customers;

-- name: json_extract_and_unquote :many
-- => a json null, b string null
-- rows: many
SELECT JSON_EXTRACT(attributes, '$.pages') AS a, JSON_UNQUOTE(JSON_EXTRACT(attributes, '$.color')) AS b FROM products;

-- name: json_object_is_not_null :many
-- => o json
-- rows: many
SELECT JSON_OBJECT('id', id, 'title', title, 'price', list_price) AS o FROM products;

-- name: json_array_is_not_null :many
-- => a json
-- rows: many
SELECT JSON_ARRAY(id, title, NULL) AS a FROM products;

-- name: json_nested :many
-- => id int, items json null
-- rows: many
SELECT o.id, (SELECT JSON_ARRAYAGG(JSON_OBJECT('line', i.line, 'product', JSON_OBJECT('id', p.id, 'title', p.title))) FROM order_items i LEFT JOIN products p ON p.id = i.product_id WHERE i.order_id = o.id) AS items FROM orders o;

-- name: json_arrayagg_over_left_join_has_a_phantom :many
-- => id bytes, orders json
-- rows: many
SELECT c.id, JSON_ARRAYAGG(JSON_OBJECT('id', o.id, 'total', o.total)) AS orders FROM customers c LEFT JOIN orders o ON o.customer_id = c.id GROUP BY c.id;

-- name: json_arrayagg_coalesced :many
-- => id bytes, ids json
-- rows: many
SELECT c.id, COALESCE((SELECT JSON_ARRAYAGG(o.id) FROM orders o WHERE o.customer_id = c.id), JSON_ARRAY()) AS ids FROM customers c;

-- name: json_objectagg_over_groups :many
-- => kind string, o json
-- rows: many
SELECT kind, JSON_OBJECTAGG(sku, JSON_OBJECT('price', price)) AS o FROM products GROUP BY kind;

-- name: json_tests :many
-- => a bool null, b bool, c bool null, d int, e string, f int
-- rows: many
SELECT JSON_VALID(description) AS a, JSON_CONTAINS(settings, '{}') AS b, JSON_CONTAINS(settings, '1', '$.x') AS c, JSON_LENGTH(settings) AS d, JSON_TYPE(settings) AS e, JSON_DEPTH(settings) AS f FROM products, customers;

-- name: json_paths_that_may_be_missing :many
-- => a int null, b json null, c json null, d bool
-- rows: many
SELECT JSON_LENGTH(settings, '$.none') AS a, JSON_KEYS(settings) AS b, JSON_SEARCH(settings, 'one', 'en') AS c, JSON_CONTAINS_PATH(settings, 'one', '$.lang') AS d FROM customers;

-- name: json_modifications :many
-- => a json, b json, c json, d json, e json, f string, g string
-- rows: many
SELECT JSON_SET(settings, '$.a', 1) AS a, JSON_INSERT(settings, '$.b', 2) AS b, JSON_REMOVE(settings, '$.lang') AS c, JSON_MERGE_PATCH(settings, '{"x": 1}') AS d, JSON_MERGE_PRESERVE(settings, '[1]') AS e, JSON_QUOTE(email) AS f, JSON_PRETTY(settings) AS g FROM customers;

-- name: json_value_returning :many
-- => a string null, b int null
-- rows: many
SELECT JSON_VALUE(settings, '$.lang') AS a, JSON_VALUE(attributes, '$.pages' RETURNING SIGNED) AS b FROM customers, products;

-- name: member_of :many
-- => a bool, b bool null
-- rows: many
SELECT 'a' MEMBER OF ('["a"]') AS a, 1 MEMBER OF (attributes) AS b FROM products;

-- name: json_overlaps_and_schema_valid :many
-- => a bool, b bool
-- rows: many
SELECT JSON_OVERLAPS(settings, '[1]') AS a, JSON_SCHEMA_VALID('{"type": "object"}', settings) AS b FROM customers;

-- name: json_comparison_narrows :many
-- => attributes json
-- params: ? string
-- rows: many
SELECT attributes FROM products WHERE attributes->>'$.color' = ?;

-- name: json_path_condition_param :many
-- => id int
-- params: ? string
-- rows: many
SELECT id FROM products WHERE JSON_EXTRACT(attributes, '$.pages') > ?;

-- name: json_cast_of_path :many
-- => pages int null
-- rows: many
SELECT CAST(attributes->>'$.pages' AS SIGNED) AS pages FROM products WHERE id <> 4;

-- name: json_set_with_params :exec
-- => -
-- params: value string, id bytes
UPDATE customers SET settings = JSON_SET(settings, '$.lang', sqlc.arg(value)) WHERE id = sqlc.arg(id);

-- name: json_storage_and_merge :many
-- => a int, b json
-- rows: many
SELECT JSON_STORAGE_SIZE(settings) AS a, CAST('[1]' AS JSON) AS b FROM customers;

-- name: json_table_basic :many
-- => n int, name string null
-- rows: many
SELECT t.n, t.name FROM JSON_TABLE('[{"name": "x"}, {}]', '$[*]' COLUMNS (n FOR ORDINALITY, name VARCHAR(10) PATH '$.name')) AS t;

-- name: json_table_defaults :many
-- => a int null, b int null, c int
-- rows: many
SELECT t.a, t.b, t.c FROM JSON_TABLE('[{"a": 1}, {"b": 2}, {"a": null}]', '$[*]' COLUMNS (a INT PATH '$.a' DEFAULT '0' ON EMPTY DEFAULT '0' ON ERROR, b INT PATH '$.b', c INT EXISTS PATH '$.a')) AS t;

-- name: json_table_nested :many
-- => x int null, y int null
-- rows: many
SELECT t.x, t.y FROM JSON_TABLE('[{"x": 1, "ys": [1, 2]}, {"x": null, "ys": []}]', '$[*]' COLUMNS (x INT PATH '$.x' ERROR ON EMPTY, NESTED PATH '$.ys[*]' COLUMNS (y INT PATH '$'))) AS t;

-- name: json_table_of_a_column :many
-- => id int, tag string null
-- rows: many
SELECT e.id, t.tag FROM products e JOIN JSON_TABLE(COALESCE(e.attributes, '{}'), '$.*' COLUMNS (tag VARCHAR(20) PATH '$')) t;

-- name: json_table_left_joined :many
-- => id int, n int null, tag string null
-- rows: many
SELECT e.id, t.n, t.tag FROM products e LEFT JOIN JSON_TABLE(e.attributes, '$.size' COLUMNS (n FOR ORDINALITY, tag VARCHAR(20) PATH '$.w')) t ON TRUE;

-- name: json_table_of_a_param :many
-- => id int null?, qty decimal null?
-- params: doc json
-- rows: many
-- with: ('[{"id": 1, "qty": 2}]',)
SELECT t.id, t.qty FROM JSON_TABLE(sqlc.arg(doc), '$[*]' COLUMNS (id BIGINT PATH '$.id', qty DECIMAL(10,2) PATH '$.qty')) AS t;

-- name: json_arrayagg_in_derived :many
-- => email string, xs json null
-- rows: many
SELECT c.email, x.xs FROM customers c LEFT JOIN (SELECT customer_id, JSON_ARRAYAGG(status) AS xs FROM orders GROUP BY customer_id) x ON x.customer_id = c.id;
