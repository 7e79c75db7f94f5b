CREATE TABLE odd_names (
    id INT PRIMARY KEY, `class` VARCHAR(10) NOT NULL, `from` VARCHAR(10), conn VARCHAR(10), self VARCHAR(10),
    `date` DATE NOT NULL, `int` INT, `a b` DATETIME, `list` JSON, `sql` INT, `args` INT, `str` TIME
);
