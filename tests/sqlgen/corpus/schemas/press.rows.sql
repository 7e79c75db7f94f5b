INSERT INTO wp_users VALUES (1, 'admin', 'a@example.com', 0), (2, 'idle', '', 0);
INSERT INTO wp_posts (ID, post_author, post_content, post_title, post_name, post_type, comment_count) VALUES (1, 1, 'c', 't', 'hello', 'post', 2), (2, 1, '', '', '', 'page', 0), (3, 9, 'x', 'orphan', 'orphan', 'post', 0);
INSERT INTO wp_postmeta VALUES (1, 1, '_price', '9.99'), (2, 1, '_thumbnail_id', NULL), (3, 2, NULL, 'loose'), (4, 1, '_price', 'abc');
INSERT INTO wp_terms VALUES (1, 'News', 'news'), (2, 'None', 'none');
INSERT INTO wp_term_relationships VALUES (1, 1, 0), (3, 1, 1);
INSERT INTO wp_options VALUES (1, 'siteurl', 'http://x', 'yes');
