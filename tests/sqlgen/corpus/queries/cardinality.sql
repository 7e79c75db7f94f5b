-- schema: shop

-- name: by_primary_key :one
-- => id int, total decimal null
-- params: ? int
-- rows: zero_or_one
SELECT id, total FROM orders WHERE id = ?;

-- name: by_unique_key :one
-- => id bytes
-- params: ? string
-- rows: zero_or_one
SELECT id FROM customers WHERE email = ?;

-- name: by_composite_key :one
-- => quantity int
-- params: ? int, ? int
-- rows: zero_or_one
SELECT quantity FROM order_items WHERE order_id = ? AND line = ?;

-- name: by_part_of_composite_key :many
-- => quantity int
-- params: ? int
-- rows: many
SELECT quantity FROM order_items WHERE order_id = ?;

-- name: by_key_reversed_and_in_parentheses :one
-- => title string
-- params: ? int
-- rows: zero_or_one
SELECT title FROM products WHERE ((? = id) AND (price > 0));

-- name: by_key_joined_to_its_parent :one
-- => id int, email string null
-- params: ? int
-- rows: zero_or_one
SELECT o.id, c.email FROM orders o LEFT JOIN customers c ON c.id = o.customer_id WHERE o.id = ?;

-- name: by_key_joined_to_many :many
-- => id int, line int null
-- params: ? int
-- rows: many
SELECT o.id, i.line FROM orders o LEFT JOIN order_items i ON i.order_id = o.id WHERE o.id = ?;

-- name: limit_one :one
-- => id int
-- rows: zero_or_one
SELECT id FROM orders ORDER BY placed_at DESC LIMIT 1;

-- name: no_from :one
-- => one int, now datetime
-- rows: one
SELECT 1 AS one, NOW() AS now;

-- name: count_star :one
-- => COUNT(*) int
-- params: ? string
-- rows: one
SELECT COUNT(*) FROM orders WHERE status = ?;

-- name: aggregate_in_derived :one
-- => n int
-- rows: one
SELECT d.n FROM (SELECT COUNT(*) AS n FROM orders) d;

-- name: exists_alone :one
-- => found bool
-- params: ? int
-- rows: one
SELECT EXISTS (SELECT 1 FROM orders WHERE id = ?) AS found;

-- name: group_by_with_key :one
-- => id int, s decimal null
-- params: ? int
-- rows: zero_or_one
SELECT o.id, SUM(i.quantity) AS s FROM orders o LEFT JOIN order_items i ON i.order_id = o.id WHERE o.id = ? GROUP BY o.id;

-- name: key_or_key :many
-- => id int
-- params: ? int, ? int
-- rows: many
SELECT id FROM orders WHERE id = ? OR id = ?;

-- name: key_in_list :many
-- => id int
-- params: ? int, ? int
-- rows: many
SELECT id FROM orders WHERE id IN (?, ?);

-- name: key_equals_literal :one
-- => name string
-- rows: zero_or_one
SELECT name FROM categories WHERE slug = 'books';

-- name: derived_by_key :one
-- => title string
-- params: ? int
-- rows: zero_or_one
SELECT d.title FROM (SELECT title FROM products WHERE id = ?) d;

-- name: cross_of_two_single_rows :one
-- => n int, m decimal null
-- rows: one
SELECT a.n, b.m FROM (SELECT COUNT(*) AS n FROM orders) a CROSS JOIN (SELECT MAX(total) AS m FROM orders) b;

-- name: union_of_two_single_rows :many
-- => n int
-- rows: many
SELECT COUNT(*) AS n FROM orders UNION ALL SELECT COUNT(*) FROM products;

-- name: left_join_of_single_row_and_key :one
-- => n int, title string null
-- params: ? int
-- rows: one
SELECT a.n, p.title FROM (SELECT COUNT(*) AS n FROM orders) a LEFT JOIN products p ON p.id = ?;

-- name: where_on_aggregate_free_constant_row :one
-- => one int
-- params: ? int
-- rows: zero_or_one
SELECT 1 AS one FROM DUAL WHERE EXISTS (SELECT 1 FROM orders WHERE id = ?);

-- name: stream_many :stream
-- => id int, title string
-- rows: many
SELECT id, title FROM products ORDER BY id;

-- name: one_that_can_match_many :one
-- error(compiler): :one
SELECT id FROM orders WHERE status = ?;

-- name: one_by_nullable_join :one
-- error(compiler): :one
SELECT i.line FROM orders o JOIN order_items i ON i.order_id = o.id WHERE o.id = ?;
