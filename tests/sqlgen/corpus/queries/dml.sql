-- schema: shop

-- name: insert_with_named_params :exec
-- => -
-- params: parent_id int null, name string, slug string, position int
INSERT INTO categories (parent_id, name, slug, position) VALUES (:parent_id, :name, :slug, :position);

-- name: insert_with_placeholders :exec
-- => -
-- params: ? int null, ? string
INSERT INTO categories (parent_id, name, slug) VALUES (?, ?, 'x-y');

-- name: insert_multiple_rows :exec
-- => -
-- params: ? int, ? int, ? decimal, ? string null, ? int, ? decimal, ? string null
INSERT INTO order_items (order_id, line, quantity, unit_price, gift_message) VALUES (77, ?, ?, ?, ?), (77, 2000, ?, ?, ?);

-- name: insert_set :exec
-- => -
-- params: ? int, ? string null
INSERT INTO reviews SET product_id = ?, rating = 3, body = ?, posted = CURRENT_DATE;

-- name: insert_select :exec
-- => -
-- params: ? int, ? decimal
INSERT INTO reviews (product_id, rating, posted) SELECT p.id, ?, CURRENT_DATE FROM products p WHERE p.price > ?;

-- name: insert_ignore_with_default :exec
-- => -
-- params: ? int
INSERT IGNORE INTO categories (id, name, slug, position) VALUES (?, 'n', 's', DEFAULT);

-- name: insert_on_duplicate_key_values :exec
-- => -
-- params: ? int, ? string, ? string
INSERT INTO categories (id, name, slug) VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE name = VALUES(name), position = position + 1;

-- name: insert_on_duplicate_key_row_alias :exec
-- => -
-- params: ? int, ? string, ? int
INSERT INTO categories (id, name, slug) VALUES (?, ?, 'books') AS fresh ON DUPLICATE KEY UPDATE name = fresh.name, position = position + ?;

-- name: insert_on_duplicate_key_row_and_column_alias :exec
-- => -
-- params: ? int, ? string
INSERT INTO categories (id, name, slug) VALUES (?, ?, 'books') AS fresh (a, b, c) ON DUPLICATE KEY UPDATE name = b, slug = c;

-- name: insert_on_duplicate_with_param :exec
-- => -
-- params: ? bytes, ? string, ? bool, ? string null
INSERT INTO customers (id, email, settings, created_at) VALUES (?, ?, '{}', NOW()) ON DUPLICATE KEY UPDATE vip = ?, name = ?;

-- name: insert_without_column_list :exec
-- => -
-- params: ? int, ? int null, ? int, ? decimal, ? string null
INSERT INTO order_items VALUES (78, ?, ?, ?, ?, ?);

-- name: insert_into_all_defaults :exec
-- => -
-- params: ? datetime
INSERT INTO orders (placed_at) VALUES (?);

-- name: insert_expression_params :exec
-- => -
-- params: ? string, ? string, ? decimal, ? int
-- with: ('A', 'b', 1.5, 1)
INSERT INTO products (sku, title, price, stock) VALUES (UPPER(?), CONCAT('New: ', ?), ROUND(?, 2), ? + 1);

-- name: insert_execlastid :execlastid
-- => -
-- params: ? string, ? string
INSERT INTO categories (name, slug) VALUES (?, ?);

-- name: replace_rows :exec
-- => -
-- params: ? int, ? string, ? string
REPLACE INTO categories (id, name, slug) VALUES (?, ?, ?);

-- name: replace_select :exec
-- => -
-- params: ? int
REPLACE INTO reviews (id, product_id, rating, posted) SELECT id, product_id, 5, posted FROM reviews WHERE helpful > ?;

-- name: update_simple :execrows
-- => -
-- params: name string null, id bytes
UPDATE customers SET name = :name WHERE id = :id;

-- name: update_arithmetic :exec
-- => -
-- params: quantity int, id int
UPDATE products SET stock = stock - :quantity WHERE id = :id AND stock >= :quantity;

-- name: update_coalesce_narg :exec
-- => -
-- params: name string null, phone string null, id bytes
UPDATE customers SET name = COALESCE(sqlc.narg(name), name), phone = COALESCE(sqlc.narg(phone), phone) WHERE id = sqlc.arg(id);

-- name: update_case_with_params :exec
-- => -
-- params: ? decimal, ? string, ? int
-- with: (1.5, 'paid', 1)
UPDATE orders SET status = CASE WHEN total > ? THEN ? ELSE status END WHERE id = ?;

-- name: update_join :exec
-- => -
-- params: ? decimal, ? string
UPDATE orders o JOIN customers c ON c.id = o.customer_id SET o.note = c.name, o.discount = ? WHERE c.email = ?;

-- name: update_left_join :exec
-- => -
-- params: ? int
UPDATE products p LEFT JOIN order_items i ON i.product_id = p.id SET p.active = FALSE WHERE i.order_id IS NULL AND p.stock < ?;

-- name: update_with_derived_table :exec
-- => -
-- params: ? int
UPDATE orders o JOIN (SELECT order_id, SUM(quantity * unit_price) AS s FROM order_items GROUP BY order_id) i ON i.order_id = o.id SET o.total = i.s WHERE o.id = ?;

-- name: update_order_by_limit :exec
-- => -
-- params: ? string, ? int
UPDATE orders SET status = 'cancelled' WHERE status = ? ORDER BY placed_at LIMIT ?;

-- name: update_with_subquery :exec
-- => -
-- params: ? int
UPDATE categories SET position = (SELECT COUNT(*) FROM products p WHERE p.category_id = categories.id) WHERE id = ?;

-- name: update_default :exec
-- => -
-- params: ? int
UPDATE orders SET status = DEFAULT, discount = DEFAULT(discount) WHERE id = ?;

-- name: delete_simple :exec
-- => -
-- params: ? int
DELETE FROM orders WHERE id = ?;

-- name: delete_with_alias :exec
-- => -
-- params: ? datetime
DELETE FROM orders AS o WHERE o.total IS NULL AND o.placed_at < ?;

-- name: delete_join :exec
-- => -
-- params: ? string
DELETE i FROM order_items i JOIN orders o ON o.id = i.order_id WHERE o.status = ?;

-- name: delete_from_two_tables :exec
-- => -
-- params: ? bytes
DELETE o, i FROM orders o LEFT JOIN order_items i ON i.order_id = o.id WHERE o.customer_id = ?;

-- name: delete_using :exec
-- => -
-- params: ? decimal
DELETE FROM i USING order_items AS i INNER JOIN products AS p ON p.id = i.product_id WHERE p.price > ?;

-- name: delete_order_by_limit :exec
-- => -
-- params: ? int
DELETE FROM reviews WHERE rating < ? ORDER BY posted LIMIT 10;

-- name: delete_in_subquery :exec
-- => -
-- params: ? datetime
DELETE FROM customers WHERE id NOT IN (SELECT customer_id FROM orders WHERE customer_id IS NOT NULL) AND created_at < ?;

-- name: truncate_table :exec
-- => -
TRUNCATE TABLE reviews;

-- name: insert_in_list_slice :exec
-- => -
-- params: ids int
DELETE FROM orders WHERE id IN (sqlc.slice(ids));

-- name: update_enum_param :exec
-- => -
-- params: status string, id int
UPDATE orders SET status = :status WHERE id = :id;

-- name: update_set_and_json :exec
-- => -
-- params: tags string null, attributes json null, id int
-- with: ('new', '{}', 1)
UPDATE products SET tags = :tags, attributes = :attributes WHERE id = :id;

-- name: insert_select_with_literals :exec
-- => -
-- params: ? int, ? int
INSERT INTO order_items (order_id, line, product_id, quantity, unit_price) SELECT ?, 1000 + ROW_NUMBER() OVER (ORDER BY p.id), p.id, ?, p.price FROM products p;

-- name: insert_select_on_duplicate :exec
-- => -
-- params: ? string
INSERT INTO categories (id, name, slug) SELECT id, title, sku FROM products ON DUPLICATE KEY UPDATE name = CONCAT(categories.name, ?);

-- name: batch_insert :batch
-- => -
-- params: product_id int, rating int, posted date
INSERT INTO reviews (product_id, rating, posted) VALUES (:product_id, :rating, :posted);

-- name: copyfrom_insert :copyfrom
-- => -
-- params: ? int, ? bytes null, ? int, ? string null, ? date
INSERT INTO reviews (product_id, customer_id, rating, body, posted) VALUES (?, ?, ?, ?, ?);
