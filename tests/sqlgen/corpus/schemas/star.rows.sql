INSERT INTO date_dim VALUES (1, '2025-01-01', 2025, 1, 1, 'Wednesday'), (2, '2025-04-01', 2025, 4, 2, NULL), (3, '2026-01-01', 2026, 1, 1, 'Thursday'), (4, '1900-01-01', NULL, NULL, NULL, NULL);
INSERT INTO store VALUES (1, 's1', 'Main', 'TN', -5.00), (2, 's2', NULL, NULL, NULL);
INSERT INTO item VALUES (1, 'i1', 'thing', 1.50, 'brand', 'class', 'Books'), (2, 'i2', NULL, NULL, NULL, NULL, NULL), (3, 'i3', '', 0.00, '', '', 'Home');
INSERT INTO customer VALUES (1, 'c1', 'A', 'B', 1980), (2, 'c2', NULL, NULL, NULL), (3, 'c3', 'never', 'buys', 2000);
INSERT INTO store_sales VALUES (1, 1, 1, 1, 1, 10, 20.00, 15.00, 5.00), (2, 1, 1, 1, 2, NULL, NULL, NULL, NULL), (3, 2, 2, 2, 3, 0, 0, 0, 0), (NULL, 3, NULL, NULL, 4, 5, 1, 2, -3), (1, 2, 2, NULL, 5, 1, 2, 3, 4);
INSERT INTO store_returns VALUES (1, 1, 2, 3.50), (2, 3, NULL, NULL);
INSERT INTO web_sales VALUES (1, 1, 1, 1, 3, 9.99), (3, 3, 3, 2, NULL, NULL), (NULL, 2, NULL, 3, 1, 0);
