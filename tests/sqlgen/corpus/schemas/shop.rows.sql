INSERT INTO categories (id, parent_id, name, slug, position) VALUES
  (1, NULL, 'Root', 'root', 0), (2, 1, 'Books', 'books', 1), (3, 1, 'Games', 'games', 2), (4, 2, 'Poetry', 'poetry', -1), (5, NULL, '', 'empty', 0), (6, NULL, 'Bare', 'bare', 0), (7, 6, 'Bare too', 'bare-too', 1);
INSERT INTO products (id, category_id, sku, title, description, price, list_price, weight, stock, active, featured, kind, tags, attributes, created_at, updated_at) VALUES
  (1, 2, 'B-1', 'A book', 'About things', 10.00, 12.50, 0.4, 5, TRUE, TRUE, 'simple', 'new,eco', '{"pages": 120, "color": "red", "size": {"w": 10}}', '2026-01-01 10:00:00.123456', '2026-02-01 00:00:00'),
  (2, 4, 'B-2', 'Verses', NULL, 0.00, NULL, NULL, 0, FALSE, NULL, 'digital', NULL, NULL, '2026-01-02 00:00:00', NULL),
  (3, NULL, 'X-1', '', '', 99.99, 0.00, 0, -3, TRUE, FALSE, 'bundle', '', '{}', '2025-12-31 23:59:59', NULL),
  (4, 3, 'G-1', 'Chess', 'A game', 25.50, 30.00, 1.5, 100, TRUE, FALSE, 'simple', 'sale', '{"pages": null, "color": null}', '2026-03-01 12:30:00', NULL),
  (5, 3, 'G-2', 'Go', 'Stones', 25.50, NULL, NULL, 1, TRUE, NULL, 'simple', NULL, NULL, '2026-03-02 12:30:00', NULL);
INSERT INTO customers (id, email, name, phone, born, vip, balance, settings, created_at) VALUES
  (X'00000000000000000000000000000001', 'ann@example.com', 'Ann', '123', '1990-05-01', TRUE, 12.5000, '{"lang": "en"}', '2025-01-01 00:00:00'),
  (X'00000000000000000000000000000002', 'bob@example.com', NULL, NULL, NULL, FALSE, 0, '{}', '2025-06-01 00:00:00'),
  (X'00000000000000000000000000000003', 'cy@example.com', '', '', '2000-02-29', FALSE, -1, '[]', '2026-01-01 00:00:00'),
  (X'00000000000000000000000000000004', 'dee@example.com', NULL, '9', NULL, TRUE, 7, '{}', '2026-01-02 00:00:00'),
  (X'00000000000000000000000000000005', 'eve@example.com', 'Eve', '5', NULL, TRUE, 7, '{}', '2026-01-03 00:00:00'),
  (X'00000000000000000000000000000006', 'fay@example.com', 'Fay', NULL, NULL, TRUE, 7, '{}', '2026-01-04 00:00:00');
INSERT INTO orders (id, customer_id, status, note, total, discount, placed_at, shipped_at) VALUES
  (1, X'00000000000000000000000000000001', 'paid', 'quick', 35.50, 0, '2026-01-10 10:00:00', '2026-01-12 09:00:00'),
  (2, X'00000000000000000000000000000001', 'new', NULL, NULL, 10.00, '2026-02-10 10:00:00', NULL),
  (3, NULL, 'cancelled', '', 0.00, 0, '2026-02-11 10:00:00', NULL),
  (4, X'00000000000000000000000000000002', 'shipped', NULL, 99.99, 5.5, '2025-12-11 10:00:00', '2026-03-01 00:00:00'),
  (5, X'00000000000000000000000000000004', 'paid', NULL, 12.00, 0, '2026-04-01 10:00:00', NULL),
  (6, NULL, 'new', NULL, 1.00, 0, '2026-04-02 10:00:00', NULL);
INSERT INTO order_items (order_id, line, product_id, quantity, unit_price, gift_message) VALUES
  (1, 1, 1, 1, 10.00, 'for you'), (1, 2, 4, 1, 25.50, NULL), (2, 1, NULL, 0, 5.00, NULL), (4, 1, 3, 1, 99.99, ''), (6, 1, 1, 2, 10.00, NULL);
INSERT INTO reviews (id, product_id, customer_id, rating, body, helpful, posted) VALUES
  (1, 1, X'00000000000000000000000000000001', 5, 'Great', 3, '2026-01-20'), (2, 1, NULL, 1, NULL, NULL, '2026-01-21'), (3, 4, X'00000000000000000000000000000002', 3, '', 0, '2026-03-05'), (4, 2, NULL, 2, 'ok', NULL, '2026-03-06');
