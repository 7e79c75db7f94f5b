-- by_ids
SELECT name FROM products WHERE id IN (?, ?) AND stock NOT IN (?, ?);

-- in_longer_lists
SELECT name FROM products WHERE stock IN (1, ?, ?) OR stock IN (?, ?,  2, 3);

-- as_arguments
SELECT name FROM products ORDER BY FIELD(name, ?, ?);
