-- schema: hr

-- name: tree_of_managers :many
-- => emp_no int, manager_no int null, boss string null
-- rows: many
SELECT e.emp_no, e.manager_no, m.last_name AS boss FROM employees e LEFT JOIN employees m ON m.emp_no = e.manager_no;

-- name: org_chart_depth :many
-- => emp_no int, manager_no int null, depth int, path string
-- rows: many
WITH RECURSIVE chart (emp_no, manager_no, depth, path) AS (
  SELECT emp_no, manager_no, 1, CAST(emp_no AS CHAR(200)) FROM employees WHERE manager_no IS NULL
  UNION ALL SELECT e.emp_no, e.manager_no, c.depth + 1, CONCAT(c.path, ',', e.emp_no) FROM chart c INNER JOIN employees e ON e.manager_no = c.emp_no
) SELECT * FROM chart;

-- name: natural_join_merges :many
-- => dept_no string, manager_no int null, emp_no int, last_name string, role string null, head_id int null
-- => budget decimal null
-- rows: many
SELECT dept_no, e.manager_no, emp_no, e.last_name, a.role, d.head_id, d.budget FROM employees e NATURAL JOIN assignments a NATURAL JOIN departments d WHERE d.dept_no <> 'd002' OR e.emp_no = 13;

-- name: natural_join_star :many
-- => project_id int, emp_no int, dept_no string null, role string null, share decimal, dept_no string null
-- => dept_name string null, budget decimal null, head_id int null, one int null
-- rows: many
SELECT a.*, d.* FROM assignments a NATURAL LEFT JOIN (SELECT dept_no, dept_name, budget, head_id, 1 AS one FROM departments WHERE dept_no = 'd001') d WHERE a.role IS NOT NULL OR a.project_id = 1;

-- name: natural_left_join_star_merged :many
-- => dept_no string null, project_id int, emp_no int, role string null, share decimal
-- => dept_name string null, head_id int null, budget decimal null
-- rows: many
SELECT * FROM assignments NATURAL LEFT JOIN departments WHERE share >= 0;

-- name: natural_right_join_star :many
-- => dept_no string, dept_name string, head_id int null, budget decimal null, project_id int null
-- => emp_no int null, role string null, share decimal null
-- rows: many
SELECT * FROM assignments NATURAL RIGHT JOIN departments WHERE dept_no > '';

-- name: using_left_join_column :many
-- => dept_no string null, dept_name string null
-- rows: many
SELECT dept_no, d.dept_name FROM employees LEFT JOIN departments d USING (dept_no);

-- name: using_right_join_column :many
-- => dept_no string, last_name string null
-- rows: many
SELECT dept_no, e.last_name FROM employees e RIGHT JOIN departments d USING (dept_no);

-- name: coalesce_of_using_columns :many
-- => x string
-- rows: many
SELECT COALESCE(e.dept_no, d.dept_no) AS x FROM employees e RIGHT JOIN departments d USING (dept_no);

-- name: unique_with_nulls_is_still_at_most_one_by_value :one
-- => b int null, c string null
-- params: ? int
-- rows: zero_or_one
SELECT b, c FROM loose WHERE a = ?;

-- name: is_null_on_unique_is_many :many
-- => a int null, c string null
-- rows: many
SELECT a, c FROM loose WHERE a IS NULL;

-- name: salary_history :many
-- => emp_no int, salary int, change_ int null
-- rows: many
SELECT emp_no, salary, salary - LAG(salary) OVER (PARTITION BY emp_no ORDER BY from_date) AS change_ FROM salaries;

-- name: latest_salary_by_derived :many
-- => emp_no int, salary int
-- rows: many
SELECT e.emp_no, s.salary FROM employees e JOIN salaries s ON s.emp_no = e.emp_no JOIN (SELECT emp_no, MAX(from_date) AS d FROM salaries GROUP BY emp_no) l ON l.emp_no = s.emp_no AND l.d = s.from_date;

-- name: latest_salary_left :many
-- => emp_no int, salary int null, since date null
-- rows: many
SELECT e.emp_no, s.salary, s.from_date AS since FROM employees e LEFT JOIN salaries s ON s.emp_no = e.emp_no AND s.to_date = '9999-01-01';

-- name: avg_by_department :many
-- => dept_name string null, average decimal null, top decimal null, n int, paid int
-- rows: many
SELECT d.dept_name, AVG(e.salary) AS average, MAX(e.bonus) AS top, COUNT(*) AS n, COUNT(e.salary) AS paid FROM employees e LEFT JOIN departments d ON d.dept_no = e.dept_no GROUP BY d.dept_name;

-- name: staff_view :many
-- => emp_no int, full_name string, dept_name string null, salary int null
-- rows: many
SELECT * FROM staff;

-- name: staff_view_aggregate :many
-- => dept_name string null, people int, average decimal null
-- rows: many
SELECT * FROM staff_by_department;

-- name: loose_star :many
-- => a int null, b int null, c string null, d date null, e decimal null
-- rows: many
SELECT * FROM loose;

-- name: loose_arithmetic :many
-- => a int null, b decimal null, c decimal null, d string null
-- rows: many
SELECT a + b AS a, a / b AS b, -e AS c, CONCAT(c, d) AS d FROM loose;

-- name: pivot :many
-- => none bool, m decimal null, f decimal null, x decimal
-- rows: many
SELECT dept_no IS NULL AS none, SUM(CASE gender WHEN 'M' THEN salary END) AS m, SUM(IF(gender = 'F', salary, NULL)) AS f, SUM(gender <=> 'X') AS x FROM employees GROUP BY dept_no IS NULL, emp_no;

-- name: age :many
-- => emp_no int, age int
-- rows: many
SELECT emp_no, TIMESTAMPDIFF(YEAR, birth_date, '2026-01-01') AS age FROM employees;

-- name: second_highest :many
-- => second int null
-- rows: one
SELECT MAX(salary) AS second FROM salaries WHERE salary < (SELECT MAX(salary) FROM salaries);

-- name: employees_without_department :many
-- => emp_no int, dept_no string null
-- rows: many
SELECT e.emp_no, e.dept_no FROM employees e WHERE NOT EXISTS (SELECT 1 FROM departments d WHERE d.dept_no = e.dept_no);

-- name: for_update :many
-- => emp_no int, left_on date null
-- params: ? int
-- rows: zero_or_one
SELECT emp_no, left_on FROM employees WHERE emp_no = ? FOR UPDATE;

-- name: for_share_skip_locked :many
-- => id int
-- params: ? string
-- rows: zero_or_one
SELECT id FROM projects WHERE code = ? FOR SHARE SKIP LOCKED;

-- name: lock_in_share_mode :many
-- => id int
-- rows: many
SELECT id FROM projects LOCK IN SHARE MODE;

-- name: index_hints :many
-- => dept_no string
-- params: ? string
-- rows: many
SELECT dept_no FROM departments USE INDEX (dept_name) WHERE dept_name > ?;

-- name: optimizer_hint :many
-- => id int
-- rows: many
SELECT /*+ MAX_EXECUTION_TIME(1000) NO_INDEX_MERGE(p) */ p.id FROM projects p;

-- name: sql_calc_found_rows :many
-- => id int
-- rows: zero_or_one
SELECT SQL_CALC_FOUND_ROWS id FROM projects LIMIT 1;

-- name: time_columns :many
-- => id int, hours time null, s int null, started datetime
-- rows: many
SELECT id, hours, TIME_TO_SEC(hours) AS s, started FROM projects;

-- name: float_column :many
-- => rating float null, x float null
-- rows: many
SELECT rating, rating * 2 AS x FROM employees;

-- name: percentile_by_window :many
-- => salary int null, p float
-- rows: many
SELECT salary, PERCENT_RANK() OVER (ORDER BY salary) AS p FROM employees;

-- name: consecutive_groups :many
-- => first date, last date, n int
-- rows: many
SELECT MIN(d) AS first, MAX(d) AS last, COUNT(*) AS n FROM (SELECT d, d - INTERVAL ROW_NUMBER() OVER (ORDER BY d) DAY AS g FROM loose WHERE d IS NOT NULL) x GROUP BY g;

-- name: string_aggregate_people :many
-- => id int, names string null
-- rows: many
SELECT p.id, GROUP_CONCAT(e.first_name ORDER BY e.emp_no SEPARATOR ', ') AS names FROM projects p LEFT JOIN assignments a ON a.project_id = p.id LEFT JOIN employees e ON e.emp_no = a.emp_no GROUP BY p.id;

-- name: on_duplicate_key_increment :exec
-- => -
-- params: ? int null, ? int null
INSERT INTO loose (a, b) VALUES (?, ?) ON DUPLICATE KEY UPDATE b = COALESCE(b, 0) + VALUES(b);

-- name: insert_nullable_everything :exec
-- => -
-- params: ? int, ? int null, ? string, ? string, ? string null, ? date, ? date, ? int null, ? decimal null, ? float null
-- with: (500, None, 'a', 'b', 'M', date(2020, 1, 1), date(2020, 1, 1), None, None, None)
INSERT INTO employees (emp_no, manager_no, first_name, last_name, gender, birth_date, hire_date, salary, bonus, rating) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?);
