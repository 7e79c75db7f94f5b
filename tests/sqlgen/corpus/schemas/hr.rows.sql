INSERT INTO departments VALUES ('d001', 'Marketing', 10, 100000.00), ('d002', 'Finance', NULL, NULL), ('d003', 'Empty', 99, 0);
INSERT INTO employees VALUES
  (10, NULL, 'd001', 'Georgi', 'Facello', 'M', '1953-09-02', '1986-06-26', NULL, 60117, 100.50, 4.5),
  (11, 10, 'd001', 'Bezalel', 'Simmel', 'F', '1964-06-02', '1985-11-21', '2020-01-01', 65828, NULL, NULL),
  (12, 10, NULL, 'Parto', '', NULL, '1959-12-03', '1986-08-28', NULL, NULL, 0, 0),
  (13, 11, 'd002', 'Chirstian', 'Koblick', 'X', '1954-05-01', '1986-12-01', NULL, 0, NULL, -1),
  (14, 77, 'd009', 'Lost', 'Soul', NULL, '1999-12-31', '2020-02-29', NULL, NULL, NULL, NULL);
INSERT INTO salaries VALUES (10, 60117, '1986-06-26', '1987-06-26'), (10, 62102, '1987-06-26', '9999-01-01'), (11, 65828, '1996-08-03', '9999-01-01'), (13, 0, '1995-12-01', '9999-01-01');
INSERT INTO projects VALUES (1, 'alpha', 10, '2026-01-01 00:00:00', NULL, '10:30:00'), (2, 'beta', NULL, '2026-02-01 00:00:00', '2026-03-01 00:00:00', NULL), (3, '', 99, '2026-02-01 00:00:00', NULL, '-00:00:01');
INSERT INTO assignments VALUES (1, 10, 'd001', 'lead', 0.5), (1, 11, NULL, NULL, 0.5), (2, 13, 'd002', '', 0), (9, 99, NULL, 'ghost', 1), (2, 11, 'd001', NULL, 0.1);
INSERT INTO loose VALUES (1, 1, 'a', '2026-01-01', 1.5), (2, NULL, NULL, NULL, NULL), (NULL, 2, '', '2026-02-02', 0), (NULL, NULL, 'b', NULL, -1.25), (3, 0, 'a', '2025-01-01', NULL), (NULL, 5, NULL, NULL, NULL);
