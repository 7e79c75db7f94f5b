-- schema: press

-- name: posts_with_meta :many
-- => ID int, post_title string, price string null
-- rows: many
SELECT p.ID, p.post_title, m.meta_value AS price FROM wp_posts p LEFT JOIN wp_postmeta m ON m.post_id = p.ID AND m.meta_key = '_price' WHERE p.post_type = 'post' AND p.post_status = 'publish' ORDER BY p.post_date DESC LIMIT 0, 10;

-- name: posts_star :many
-- => ID int, post_author int, post_date datetime, post_content string, post_title string
-- => post_status string, post_name string, post_parent int, menu_order int, post_type string
-- => comment_count int
-- rows: many
SELECT wp_posts.* FROM wp_posts WHERE 1=1 AND ((wp_posts.post_type = 'post' AND (wp_posts.post_status = 'publish'))) ORDER BY wp_posts.post_date DESC;

-- name: meta_as_number :many
-- => ID int, price decimal, n float
-- params: ? int
-- rows: many
-- with: (0,)
SELECT p.ID, CAST(m.meta_value AS DECIMAL(10,2)) AS price, m.meta_value+0 AS n FROM wp_posts AS p INNER JOIN wp_postmeta AS m ON ( p.ID = m.post_id ) WHERE m.meta_key = '_price' AND CAST(m.meta_value AS SIGNED) >= ?;

-- name: meta_star :many
-- => meta_id int, post_id int, meta_key string null, meta_value string null
-- params: ? int
-- rows: many
SELECT * FROM wp_postmeta WHERE post_id = ?;

-- name: terms_of_posts :many
-- => ID int, name string null
-- rows: many
SELECT p.ID, GROUP_CONCAT(t.name) AS name FROM wp_posts p LEFT JOIN wp_term_relationships r ON r.object_id = p.ID LEFT JOIN wp_terms t ON t.term_id = r.term_id GROUP BY p.ID;

-- name: author_counts :many
-- => ID int, user_login string, posts int, comments decimal
-- rows: many
SELECT u.ID, u.user_login, COUNT(p.ID) AS posts, COALESCE(SUM(p.comment_count), 0) AS comments FROM wp_users u LEFT JOIN wp_posts p ON p.post_author = u.ID AND p.post_type IN ('post', 'page') GROUP BY u.ID, u.user_login;

-- name: option :one
-- => option_value string
-- params: ? string
-- rows: zero_or_one
SELECT option_value FROM wp_options WHERE option_name = ? LIMIT 1;

-- name: set_option :exec
-- => -
-- params: ? string, ? string, ? string
INSERT INTO `wp_options` (`option_name`, `option_value`, `autoload`) VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE `option_name` = VALUES(`option_name`), `option_value` = VALUES(`option_value`), `autoload` = VALUES(`autoload`);

-- name: slug_taken :many
-- => post_name string
-- params: ? string, ? string, ? int
-- rows: zero_or_one
SELECT post_name FROM wp_posts WHERE post_name = ? AND post_type = ? AND ID != ? LIMIT 1;

-- name: archive_months :many
-- => year int, month int, posts int
-- rows: many
SELECT YEAR(post_date) AS `year`, MONTH(post_date) AS `month`, count(ID) as posts FROM wp_posts WHERE post_type = 'post' GROUP BY YEAR(post_date), MONTH(post_date) ORDER BY `year` DESC, `month` DESC;

-- name: delete_orphan_meta :exec
-- => -
DELETE pm FROM wp_postmeta pm LEFT JOIN wp_posts wp ON wp.ID = pm.post_id WHERE wp.ID IS NULL;

-- name: meta_pivot :many
-- => ID int, price string null, thumb string null
-- rows: many
SELECT p.ID, MAX(CASE WHEN m.meta_key = '_price' THEN m.meta_value END) AS price, MAX(IF(m.meta_key = '_thumbnail_id', m.meta_value, NULL)) AS thumb FROM wp_posts p LEFT JOIN wp_postmeta m ON m.post_id = p.ID GROUP BY p.ID;

-- name: user_of_post :many
-- => ID int, user_login string null, user_email string null
-- rows: many
SELECT p.ID, u.user_login, u.user_email FROM wp_posts p LEFT JOIN wp_users u ON u.ID = p.post_author WHERE p.post_status NOT IN ('trash', 'auto-draft');

-- name: found_rows_style :many
-- => FOUND_ROWS() int
-- rows: one
SELECT FOUND_ROWS();

-- name: bump_comments :execrows
-- => -
-- params: ? int
UPDATE wp_posts SET comment_count = (SELECT COUNT(*) FROM wp_postmeta WHERE post_id = wp_posts.ID) WHERE ID = ?;
