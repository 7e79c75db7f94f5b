-- People: a self-referencing tree, a table without any NOT NULL, periods.
CREATE TABLE departments (
  dept_no CHAR(4) NOT NULL PRIMARY KEY,
  dept_name VARCHAR(40) NOT NULL,
  head_id INT NULL,
  budget DECIMAL(14,2) NULL,
  UNIQUE KEY dept_name (dept_name)
);
CREATE TABLE employees (
  emp_no INT NOT NULL PRIMARY KEY,
  manager_no INT NULL,
  dept_no CHAR(4) NULL,
  first_name VARCHAR(14) NOT NULL,
  last_name VARCHAR(16) NOT NULL,
  gender ENUM('M','F','X') NULL,
  birth_date DATE NOT NULL,
  hire_date DATE NOT NULL,
  left_on DATE NULL,
  salary INT UNSIGNED NULL,
  bonus DECIMAL(8,2) NULL,
  rating FLOAT NULL
);
CREATE TABLE salaries (
  emp_no INT NOT NULL,
  salary INT NOT NULL,
  from_date DATE NOT NULL,
  to_date DATE NOT NULL,
  PRIMARY KEY (emp_no, from_date)
);
CREATE TABLE projects (
  id INT AUTO_INCREMENT PRIMARY KEY,
  code VARCHAR(20) NOT NULL,
  lead_no INT,
  started TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  ended TIMESTAMP NULL,
  hours TIME NULL,
  UNIQUE (code)
);
CREATE TABLE assignments (
  project_id INT NOT NULL,
  emp_no INT NOT NULL,
  dept_no CHAR(4) NULL,
  role VARCHAR(30) NULL,
  share DECIMAL(4,3) NOT NULL DEFAULT 1.000,
  PRIMARY KEY (project_id, emp_no)
);
CREATE TABLE loose (
  a INT,
  b INT,
  c VARCHAR(10),
  d DATE,
  e DECIMAL(6,3),
  UNIQUE KEY loose_a (a)
);
CREATE VIEW staff AS SELECT e.emp_no, CONCAT(e.first_name, ' ', e.last_name) AS full_name, d.dept_name, e.salary
  FROM employees e LEFT JOIN departments d USING (dept_no);
CREATE VIEW staff_by_department AS SELECT dept_name, COUNT(*) AS people, AVG(salary) AS average FROM staff GROUP BY dept_name;
