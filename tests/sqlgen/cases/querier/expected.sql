-- search
SELECT name FROM products WHERE TRUE;

-- search (stock)
SELECT name FROM products WHERE (stock > ?);
