-- search
SELECT name FROM products
WHERE name <> '{braces}';

-- search (names)
SELECT name FROM products
WHERE name <> '{braces}'
  AND (name NOT IN ('{"a": 100%}', ?, ?));

-- search (scarce)
SELECT name FROM products
WHERE name <> '{braces}';

-- search (scarce, names)
SELECT name FROM products
WHERE name <> '{braces}'
  AND (name NOT IN ('{"a": 100%}', ?, ?));

-- search (expensive)
SELECT name FROM products
WHERE name <> '{braces}';

-- search (expensive, names)
SELECT name FROM products
WHERE name <> '{braces}'
  AND (name NOT IN ('{"a": 100%}', ?, ?));

-- search (expensive, scarce)
SELECT name FROM products
WHERE name <> '{braces}';

-- search (expensive, scarce, names)
SELECT name FROM products
WHERE name <> '{braces}'
  AND (name NOT IN ('{"a": 100%}', ?, ?));

-- search (category_id)
SELECT name FROM products
WHERE name <> '{braces}'
  AND (
    category_id = ?
  );

-- search (category_id, names)
SELECT name FROM products
WHERE name <> '{braces}'
  AND (
    category_id = ?
  )
  AND (name NOT IN ('{"a": 100%}', ?, ?));

-- search (category_id, scarce)
SELECT name FROM products
WHERE name <> '{braces}'
  AND (
    category_id = ?
    AND (stock < 5)
  );

-- search (category_id, scarce, names)
SELECT name FROM products
WHERE name <> '{braces}'
  AND (
    category_id = ?
    AND (stock < 5)
  )
  AND (name NOT IN ('{"a": 100%}', ?, ?));

-- search (category_id, expensive)
SELECT name FROM products
WHERE name <> '{braces}'
  AND (
    category_id = ?
    AND (price > 100)
  );

-- search (category_id, expensive, names)
SELECT name FROM products
WHERE name <> '{braces}'
  AND (
    category_id = ?
    AND (price > 100)
  )
  AND (name NOT IN ('{"a": 100%}', ?, ?));

-- search (category_id, expensive, scarce)
SELECT name FROM products
WHERE name <> '{braces}'
  AND (
    category_id = ?
    AND (price > 100)
    AND (stock < 5)
  );

-- search (category_id, expensive, scarce, names)
SELECT name FROM products
WHERE name <> '{braces}'
  AND (
    category_id = ?
    AND (price > 100)
    AND (stock < 5)
  )
  AND (name NOT IN ('{"a": 100%}', ?, ?));

-- same_parameter_twice
SELECT name FROM products WHERE TRUE AND (active OR name = 'x');

-- same_parameter_twice (stock)
SELECT name FROM products WHERE (stock > ?) AND (active OR name = 'x' AND (stock < ?));

-- three_together
SELECT name FROM products WHERE TRUE;

-- three_together (a, b, c)
SELECT name FROM products WHERE TRUE
  AND (name = ? OR name = ? OR name = ?);

-- three_together (low, high, stocks, narrow)
SELECT name FROM products WHERE (price > ? AND price < ? AND stock IN (?, ?));

-- three_together (low, high, stocks, narrow, a, b, c)
SELECT name FROM products WHERE (price > ? AND price < ? AND stock IN (?, ?))
  AND (name = ? OR name = ? OR name = ?);
