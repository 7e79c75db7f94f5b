-- schema: shop

-- name: optional_condition :many
-- => id int, category_id int null?
-- params: category_id int, low decimal, high decimal
-- rows: many
SELECT id, category_id FROM products WHERE active AND sqlc.optional(category_id = :category_id) AND sqlc.optional(price BETWEEN :low AND :high);

-- name: optional_with_flag :many
-- => id int, list_price decimal null
-- rows: many
SELECT id, list_price FROM products WHERE price >= 0 AND sqlc.optional(list_price IS NOT NULL OR id > 0, :with_list_price);

-- name: optional_alone :many
-- => id int
-- params: title string
-- rows: many
SELECT id FROM products WHERE sqlc.optional(title LIKE :title);

-- name: optional_narrowing_is_not_believed :many
-- => name string null?
-- params: name string
-- rows: many
SELECT name FROM customers WHERE sqlc.optional(name = :name);

-- name: orders_by_name :many
-- order: price_asc price ASC, id ASC
-- order: newest created_at DESC, id DESC
-- => id int, price decimal, created_at datetime
-- rows: many
SELECT id, price, created_at FROM products WHERE active ORDER BY sqlc.order_by();

-- name: orders_with_cursor :many
-- order: price_asc price ASC, id ASC
-- order: newest created_at DESC, id DESC
-- => id int, price decimal, created_at datetime
-- params: limit int
-- rows: many
SELECT p.id, p.price, p.created_at FROM products p WHERE p.active AND sqlc.after(p) ORDER BY sqlc.order_by(p) LIMIT :limit;

-- name: page_inside_then_join :many
-- order: price_asc price ASC, id ASC
-- => id int, price decimal, category string null
-- params: kind string, limit int
-- rows: many
-- with: ('bundle', 10)
SELECT p.id, p.price, g.name AS category FROM (SELECT id, price, category_id FROM products x WHERE sqlc.optional(x.kind = :kind) AND sqlc.after(x) ORDER BY sqlc.order_by(x) LIMIT :limit) p LEFT JOIN categories g ON g.id = p.category_id ORDER BY sqlc.order_by(p);

-- name: embed_one :many
-- => id int, order_id int, line int, product_id int, quantity int, unit_price decimal
-- => gift_message string null
-- rows: many
SELECT o.id, sqlc.embed(i) FROM orders o JOIN order_items i ON i.order_id = o.id WHERE i.product_id IS NOT NULL;

-- name: embed_in_the_middle :many
-- => first int, id int, parent_id int null, name string, slug string, position int, id int
-- => customer_id bytes null, status string, note string null, total decimal null, discount decimal
-- => placed_at datetime, shipped_at datetime null, last int
-- rows: many
SELECT 1 AS first, sqlc.embed(categories), sqlc.embed(orders), 2 AS last FROM categories, orders;

-- name: arg_in_quotes :many
-- => id int
-- params: id int, status string
-- rows: zero_or_one
SELECT id FROM orders WHERE id = sqlc.arg('id') AND status = sqlc.arg("status");

-- name: unknown_macro :many
-- error: unknown
SELECT sqlc.nope(1) FROM orders;

-- name: embed_of_unknown_table :many
-- error: unknown
SELECT sqlc.embed(nothing) FROM orders;

-- name: order_by_macro_without_annotation :many
-- error(compiler): order
SELECT id FROM products ORDER BY sqlc.order_by();

-- name: optional_under_or :many
-- error(compiler): optional
SELECT id FROM products WHERE active OR sqlc.optional(id = :id);

-- name: slice_outside_in :many
-- error(compiler): slice
SELECT id FROM products WHERE id = sqlc.slice(ids);
