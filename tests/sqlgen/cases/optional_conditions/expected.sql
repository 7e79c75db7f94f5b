-- search
SELECT name FROM products
WHERE TRUE
  AND active
  AND (TRUE)
LIMIT ?;

-- search (ids)
SELECT name FROM products
WHERE TRUE
  AND active
  AND (TRUE)
  AND (id IN (?, ?))
LIMIT ?;

-- search (discontinued_at)
SELECT name FROM products
WHERE TRUE
  AND active
  AND (TRUE)
  AND (discontinued_at <=> ?)
LIMIT ?;

-- search (discontinued_at, ids)
SELECT name FROM products
WHERE TRUE
  AND active
  AND (TRUE)
  AND (discontinued_at <=> ?)
  AND (id IN (?, ?))
LIMIT ?;

-- search (less_than, scarce)
SELECT name FROM products
WHERE TRUE
  AND active
  AND (TRUE)
  AND (stock < ?)
LIMIT ?;

-- search (less_than, scarce, ids)
SELECT name FROM products
WHERE TRUE
  AND active
  AND (TRUE)
  AND (stock < ?)
  AND (id IN (?, ?))
LIMIT ?;

-- search (less_than, scarce, discontinued_at)
SELECT name FROM products
WHERE TRUE
  AND active
  AND (TRUE)
  AND (stock < ?)
  AND (discontinued_at <=> ?)
LIMIT ?;

-- search (less_than, scarce, discontinued_at, ids)
SELECT name FROM products
WHERE TRUE
  AND active
  AND (TRUE)
  AND (stock < ?)
  AND (discontinued_at <=> ?)
  AND (id IN (?, ?))
LIMIT ?;

-- search (in_stock)
SELECT name FROM products
WHERE TRUE
  AND active
  AND ((stock > 0))
LIMIT ?;

-- search (in_stock, ids)
SELECT name FROM products
WHERE TRUE
  AND active
  AND ((stock > 0))
  AND (id IN (?, ?))
LIMIT ?;

-- search (in_stock, discontinued_at)
SELECT name FROM products
WHERE TRUE
  AND active
  AND ((stock > 0))
  AND (discontinued_at <=> ?)
LIMIT ?;

-- search (in_stock, discontinued_at, ids)
SELECT name FROM products
WHERE TRUE
  AND active
  AND ((stock > 0))
  AND (discontinued_at <=> ?)
  AND (id IN (?, ?))
LIMIT ?;

-- search (in_stock, less_than, scarce)
SELECT name FROM products
WHERE TRUE
  AND active
  AND ((stock > 0))
  AND (stock < ?)
LIMIT ?;

-- search (in_stock, less_than, scarce, ids)
SELECT name FROM products
WHERE TRUE
  AND active
  AND ((stock > 0))
  AND (stock < ?)
  AND (id IN (?, ?))
LIMIT ?;

-- search (in_stock, less_than, scarce, discontinued_at)
SELECT name FROM products
WHERE TRUE
  AND active
  AND ((stock > 0))
  AND (stock < ?)
  AND (discontinued_at <=> ?)
LIMIT ?;

-- search (in_stock, less_than, scarce, discontinued_at, ids)
SELECT name FROM products
WHERE TRUE
  AND active
  AND ((stock > 0))
  AND (stock < ?)
  AND (discontinued_at <=> ?)
  AND (id IN (?, ?))
LIMIT ?;

-- search (low, high)
SELECT name FROM products
WHERE TRUE
  && (price BETWEEN ? AND ?)
  AND active
  AND (TRUE)
LIMIT ?;

-- search (low, high, ids)
SELECT name FROM products
WHERE TRUE
  && (price BETWEEN ? AND ?)
  AND active
  AND (TRUE)
  AND (id IN (?, ?))
LIMIT ?;

-- search (low, high, discontinued_at)
SELECT name FROM products
WHERE TRUE
  && (price BETWEEN ? AND ?)
  AND active
  AND (TRUE)
  AND (discontinued_at <=> ?)
LIMIT ?;

-- search (low, high, discontinued_at, ids)
SELECT name FROM products
WHERE TRUE
  && (price BETWEEN ? AND ?)
  AND active
  AND (TRUE)
  AND (discontinued_at <=> ?)
  AND (id IN (?, ?))
LIMIT ?;

-- search (low, high, less_than, scarce)
SELECT name FROM products
WHERE TRUE
  && (price BETWEEN ? AND ?)
  AND active
  AND (TRUE)
  AND (stock < ?)
LIMIT ?;

-- search (low, high, less_than, scarce, ids)
SELECT name FROM products
WHERE TRUE
  && (price BETWEEN ? AND ?)
  AND active
  AND (TRUE)
  AND (stock < ?)
  AND (id IN (?, ?))
LIMIT ?;

-- search (low, high, less_than, scarce, discontinued_at)
SELECT name FROM products
WHERE TRUE
  && (price BETWEEN ? AND ?)
  AND active
  AND (TRUE)
  AND (stock < ?)
  AND (discontinued_at <=> ?)
LIMIT ?;

-- search (low, high, less_than, scarce, discontinued_at, ids)
SELECT name FROM products
WHERE TRUE
  && (price BETWEEN ? AND ?)
  AND active
  AND (TRUE)
  AND (stock < ?)
  AND (discontinued_at <=> ?)
  AND (id IN (?, ?))
LIMIT ?;

-- search (low, high, in_stock)
SELECT name FROM products
WHERE TRUE
  && (price BETWEEN ? AND ?)
  AND active
  AND ((stock > 0))
LIMIT ?;

-- search (low, high, in_stock, ids)
SELECT name FROM products
WHERE TRUE
  && (price BETWEEN ? AND ?)
  AND active
  AND ((stock > 0))
  AND (id IN (?, ?))
LIMIT ?;

-- search (low, high, in_stock, discontinued_at)
SELECT name FROM products
WHERE TRUE
  && (price BETWEEN ? AND ?)
  AND active
  AND ((stock > 0))
  AND (discontinued_at <=> ?)
LIMIT ?;

-- search (low, high, in_stock, discontinued_at, ids)
SELECT name FROM products
WHERE TRUE
  && (price BETWEEN ? AND ?)
  AND active
  AND ((stock > 0))
  AND (discontinued_at <=> ?)
  AND (id IN (?, ?))
LIMIT ?;

-- search (low, high, in_stock, less_than, scarce)
SELECT name FROM products
WHERE TRUE
  && (price BETWEEN ? AND ?)
  AND active
  AND ((stock > 0))
  AND (stock < ?)
LIMIT ?;

-- search (low, high, in_stock, less_than, scarce, ids)
SELECT name FROM products
WHERE TRUE
  && (price BETWEEN ? AND ?)
  AND active
  AND ((stock > 0))
  AND (stock < ?)
  AND (id IN (?, ?))
LIMIT ?;

-- search (low, high, in_stock, less_than, scarce, discontinued_at)
SELECT name FROM products
WHERE TRUE
  && (price BETWEEN ? AND ?)
  AND active
  AND ((stock > 0))
  AND (stock < ?)
  AND (discontinued_at <=> ?)
LIMIT ?;

-- search (low, high, in_stock, less_than, scarce, discontinued_at, ids)
SELECT name FROM products
WHERE TRUE
  && (price BETWEEN ? AND ?)
  AND active
  AND ((stock > 0))
  AND (stock < ?)
  AND (discontinued_at <=> ?)
  AND (id IN (?, ?))
LIMIT ?;

-- search (name)
SELECT name FROM products
WHERE TRUE
  AND (name LIKE CONCAT('%', ?, '%'))
  AND active
  AND (TRUE)
LIMIT ?;

-- search (name, ids)
SELECT name FROM products
WHERE TRUE
  AND (name LIKE CONCAT('%', ?, '%'))
  AND active
  AND (TRUE)
  AND (id IN (?, ?))
LIMIT ?;

-- search (name, discontinued_at)
SELECT name FROM products
WHERE TRUE
  AND (name LIKE CONCAT('%', ?, '%'))
  AND active
  AND (TRUE)
  AND (discontinued_at <=> ?)
LIMIT ?;

-- search (name, discontinued_at, ids)
SELECT name FROM products
WHERE TRUE
  AND (name LIKE CONCAT('%', ?, '%'))
  AND active
  AND (TRUE)
  AND (discontinued_at <=> ?)
  AND (id IN (?, ?))
LIMIT ?;

-- search (name, less_than, scarce)
SELECT name FROM products
WHERE TRUE
  AND (name LIKE CONCAT('%', ?, '%'))
  AND active
  AND (TRUE)
  AND (stock < ?)
LIMIT ?;

-- search (name, less_than, scarce, ids)
SELECT name FROM products
WHERE TRUE
  AND (name LIKE CONCAT('%', ?, '%'))
  AND active
  AND (TRUE)
  AND (stock < ?)
  AND (id IN (?, ?))
LIMIT ?;

-- search (name, less_than, scarce, discontinued_at)
SELECT name FROM products
WHERE TRUE
  AND (name LIKE CONCAT('%', ?, '%'))
  AND active
  AND (TRUE)
  AND (stock < ?)
  AND (discontinued_at <=> ?)
LIMIT ?;

-- search (name, less_than, scarce, discontinued_at, ids)
SELECT name FROM products
WHERE TRUE
  AND (name LIKE CONCAT('%', ?, '%'))
  AND active
  AND (TRUE)
  AND (stock < ?)
  AND (discontinued_at <=> ?)
  AND (id IN (?, ?))
LIMIT ?;

-- search (name, in_stock)
SELECT name FROM products
WHERE TRUE
  AND (name LIKE CONCAT('%', ?, '%'))
  AND active
  AND ((stock > 0))
LIMIT ?;

-- search (name, in_stock, ids)
SELECT name FROM products
WHERE TRUE
  AND (name LIKE CONCAT('%', ?, '%'))
  AND active
  AND ((stock > 0))
  AND (id IN (?, ?))
LIMIT ?;

-- search (name, in_stock, discontinued_at)
SELECT name FROM products
WHERE TRUE
  AND (name LIKE CONCAT('%', ?, '%'))
  AND active
  AND ((stock > 0))
  AND (discontinued_at <=> ?)
LIMIT ?;

-- search (name, in_stock, discontinued_at, ids)
SELECT name FROM products
WHERE TRUE
  AND (name LIKE CONCAT('%', ?, '%'))
  AND active
  AND ((stock > 0))
  AND (discontinued_at <=> ?)
  AND (id IN (?, ?))
LIMIT ?;

-- search (name, in_stock, less_than, scarce)
SELECT name FROM products
WHERE TRUE
  AND (name LIKE CONCAT('%', ?, '%'))
  AND active
  AND ((stock > 0))
  AND (stock < ?)
LIMIT ?;

-- search (name, in_stock, less_than, scarce, ids)
SELECT name FROM products
WHERE TRUE
  AND (name LIKE CONCAT('%', ?, '%'))
  AND active
  AND ((stock > 0))
  AND (stock < ?)
  AND (id IN (?, ?))
LIMIT ?;

-- search (name, in_stock, less_than, scarce, discontinued_at)
SELECT name FROM products
WHERE TRUE
  AND (name LIKE CONCAT('%', ?, '%'))
  AND active
  AND ((stock > 0))
  AND (stock < ?)
  AND (discontinued_at <=> ?)
LIMIT ?;

-- search (name, in_stock, less_than, scarce, discontinued_at, ids)
SELECT name FROM products
WHERE TRUE
  AND (name LIKE CONCAT('%', ?, '%'))
  AND active
  AND ((stock > 0))
  AND (stock < ?)
  AND (discontinued_at <=> ?)
  AND (id IN (?, ?))
LIMIT ?;

-- search (name, low, high)
SELECT name FROM products
WHERE TRUE
  AND (name LIKE CONCAT('%', ?, '%'))
  && (price BETWEEN ? AND ?)
  AND active
  AND (TRUE)
LIMIT ?;

-- search (name, low, high, ids)
SELECT name FROM products
WHERE TRUE
  AND (name LIKE CONCAT('%', ?, '%'))
  && (price BETWEEN ? AND ?)
  AND active
  AND (TRUE)
  AND (id IN (?, ?))
LIMIT ?;

-- search (name, low, high, discontinued_at)
SELECT name FROM products
WHERE TRUE
  AND (name LIKE CONCAT('%', ?, '%'))
  && (price BETWEEN ? AND ?)
  AND active
  AND (TRUE)
  AND (discontinued_at <=> ?)
LIMIT ?;

-- search (name, low, high, discontinued_at, ids)
SELECT name FROM products
WHERE TRUE
  AND (name LIKE CONCAT('%', ?, '%'))
  && (price BETWEEN ? AND ?)
  AND active
  AND (TRUE)
  AND (discontinued_at <=> ?)
  AND (id IN (?, ?))
LIMIT ?;

-- search (name, low, high, less_than, scarce)
SELECT name FROM products
WHERE TRUE
  AND (name LIKE CONCAT('%', ?, '%'))
  && (price BETWEEN ? AND ?)
  AND active
  AND (TRUE)
  AND (stock < ?)
LIMIT ?;

-- search (name, low, high, less_than, scarce, ids)
SELECT name FROM products
WHERE TRUE
  AND (name LIKE CONCAT('%', ?, '%'))
  && (price BETWEEN ? AND ?)
  AND active
  AND (TRUE)
  AND (stock < ?)
  AND (id IN (?, ?))
LIMIT ?;

-- search (name, low, high, less_than, scarce, discontinued_at)
SELECT name FROM products
WHERE TRUE
  AND (name LIKE CONCAT('%', ?, '%'))
  && (price BETWEEN ? AND ?)
  AND active
  AND (TRUE)
  AND (stock < ?)
  AND (discontinued_at <=> ?)
LIMIT ?;

-- search (name, low, high, less_than, scarce, discontinued_at, ids)
SELECT name FROM products
WHERE TRUE
  AND (name LIKE CONCAT('%', ?, '%'))
  && (price BETWEEN ? AND ?)
  AND active
  AND (TRUE)
  AND (stock < ?)
  AND (discontinued_at <=> ?)
  AND (id IN (?, ?))
LIMIT ?;

-- search (name, low, high, in_stock)
SELECT name FROM products
WHERE TRUE
  AND (name LIKE CONCAT('%', ?, '%'))
  && (price BETWEEN ? AND ?)
  AND active
  AND ((stock > 0))
LIMIT ?;

-- search (name, low, high, in_stock, ids)
SELECT name FROM products
WHERE TRUE
  AND (name LIKE CONCAT('%', ?, '%'))
  && (price BETWEEN ? AND ?)
  AND active
  AND ((stock > 0))
  AND (id IN (?, ?))
LIMIT ?;

-- search (name, low, high, in_stock, discontinued_at)
SELECT name FROM products
WHERE TRUE
  AND (name LIKE CONCAT('%', ?, '%'))
  && (price BETWEEN ? AND ?)
  AND active
  AND ((stock > 0))
  AND (discontinued_at <=> ?)
LIMIT ?;

-- search (name, low, high, in_stock, discontinued_at, ids)
SELECT name FROM products
WHERE TRUE
  AND (name LIKE CONCAT('%', ?, '%'))
  && (price BETWEEN ? AND ?)
  AND active
  AND ((stock > 0))
  AND (discontinued_at <=> ?)
  AND (id IN (?, ?))
LIMIT ?;

-- search (name, low, high, in_stock, less_than, scarce)
SELECT name FROM products
WHERE TRUE
  AND (name LIKE CONCAT('%', ?, '%'))
  && (price BETWEEN ? AND ?)
  AND active
  AND ((stock > 0))
  AND (stock < ?)
LIMIT ?;

-- search (name, low, high, in_stock, less_than, scarce, ids)
SELECT name FROM products
WHERE TRUE
  AND (name LIKE CONCAT('%', ?, '%'))
  && (price BETWEEN ? AND ?)
  AND active
  AND ((stock > 0))
  AND (stock < ?)
  AND (id IN (?, ?))
LIMIT ?;

-- search (name, low, high, in_stock, less_than, scarce, discontinued_at)
SELECT name FROM products
WHERE TRUE
  AND (name LIKE CONCAT('%', ?, '%'))
  && (price BETWEEN ? AND ?)
  AND active
  AND ((stock > 0))
  AND (stock < ?)
  AND (discontinued_at <=> ?)
LIMIT ?;

-- search (name, low, high, in_stock, less_than, scarce, discontinued_at, ids)
SELECT name FROM products
WHERE TRUE
  AND (name LIKE CONCAT('%', ?, '%'))
  && (price BETWEEN ? AND ?)
  AND active
  AND ((stock > 0))
  AND (stock < ?)
  AND (discontinued_at <=> ?)
  AND (id IN (?, ?))
LIMIT ?;

-- search (category_id)
SELECT name FROM products
WHERE (category_id = ?)
  AND active
  AND (TRUE)
LIMIT ?;

-- search (category_id, ids)
SELECT name FROM products
WHERE (category_id = ?)
  AND active
  AND (TRUE)
  AND (id IN (?, ?))
LIMIT ?;

-- search (category_id, discontinued_at)
SELECT name FROM products
WHERE (category_id = ?)
  AND active
  AND (TRUE)
  AND (discontinued_at <=> ?)
LIMIT ?;

-- search (category_id, discontinued_at, ids)
SELECT name FROM products
WHERE (category_id = ?)
  AND active
  AND (TRUE)
  AND (discontinued_at <=> ?)
  AND (id IN (?, ?))
LIMIT ?;

-- search (category_id, less_than, scarce)
SELECT name FROM products
WHERE (category_id = ?)
  AND active
  AND (TRUE)
  AND (stock < ?)
LIMIT ?;

-- search (category_id, less_than, scarce, ids)
SELECT name FROM products
WHERE (category_id = ?)
  AND active
  AND (TRUE)
  AND (stock < ?)
  AND (id IN (?, ?))
LIMIT ?;

-- search (category_id, less_than, scarce, discontinued_at)
SELECT name FROM products
WHERE (category_id = ?)
  AND active
  AND (TRUE)
  AND (stock < ?)
  AND (discontinued_at <=> ?)
LIMIT ?;

-- search (category_id, less_than, scarce, discontinued_at, ids)
SELECT name FROM products
WHERE (category_id = ?)
  AND active
  AND (TRUE)
  AND (stock < ?)
  AND (discontinued_at <=> ?)
  AND (id IN (?, ?))
LIMIT ?;

-- search (category_id, in_stock)
SELECT name FROM products
WHERE (category_id = ?)
  AND active
  AND ((stock > 0))
LIMIT ?;

-- search (category_id, in_stock, ids)
SELECT name FROM products
WHERE (category_id = ?)
  AND active
  AND ((stock > 0))
  AND (id IN (?, ?))
LIMIT ?;

-- search (category_id, in_stock, discontinued_at)
SELECT name FROM products
WHERE (category_id = ?)
  AND active
  AND ((stock > 0))
  AND (discontinued_at <=> ?)
LIMIT ?;

-- search (category_id, in_stock, discontinued_at, ids)
SELECT name FROM products
WHERE (category_id = ?)
  AND active
  AND ((stock > 0))
  AND (discontinued_at <=> ?)
  AND (id IN (?, ?))
LIMIT ?;

-- search (category_id, in_stock, less_than, scarce)
SELECT name FROM products
WHERE (category_id = ?)
  AND active
  AND ((stock > 0))
  AND (stock < ?)
LIMIT ?;

-- search (category_id, in_stock, less_than, scarce, ids)
SELECT name FROM products
WHERE (category_id = ?)
  AND active
  AND ((stock > 0))
  AND (stock < ?)
  AND (id IN (?, ?))
LIMIT ?;

-- search (category_id, in_stock, less_than, scarce, discontinued_at)
SELECT name FROM products
WHERE (category_id = ?)
  AND active
  AND ((stock > 0))
  AND (stock < ?)
  AND (discontinued_at <=> ?)
LIMIT ?;

-- search (category_id, in_stock, less_than, scarce, discontinued_at, ids)
SELECT name FROM products
WHERE (category_id = ?)
  AND active
  AND ((stock > 0))
  AND (stock < ?)
  AND (discontinued_at <=> ?)
  AND (id IN (?, ?))
LIMIT ?;

-- search (category_id, low, high)
SELECT name FROM products
WHERE (category_id = ?)
  && (price BETWEEN ? AND ?)
  AND active
  AND (TRUE)
LIMIT ?;

-- search (category_id, low, high, ids)
SELECT name FROM products
WHERE (category_id = ?)
  && (price BETWEEN ? AND ?)
  AND active
  AND (TRUE)
  AND (id IN (?, ?))
LIMIT ?;

-- search (category_id, low, high, discontinued_at)
SELECT name FROM products
WHERE (category_id = ?)
  && (price BETWEEN ? AND ?)
  AND active
  AND (TRUE)
  AND (discontinued_at <=> ?)
LIMIT ?;

-- search (category_id, low, high, discontinued_at, ids)
SELECT name FROM products
WHERE (category_id = ?)
  && (price BETWEEN ? AND ?)
  AND active
  AND (TRUE)
  AND (discontinued_at <=> ?)
  AND (id IN (?, ?))
LIMIT ?;

-- search (category_id, low, high, less_than, scarce)
SELECT name FROM products
WHERE (category_id = ?)
  && (price BETWEEN ? AND ?)
  AND active
  AND (TRUE)
  AND (stock < ?)
LIMIT ?;

-- search (category_id, low, high, less_than, scarce, ids)
SELECT name FROM products
WHERE (category_id = ?)
  && (price BETWEEN ? AND ?)
  AND active
  AND (TRUE)
  AND (stock < ?)
  AND (id IN (?, ?))
LIMIT ?;

-- search (category_id, low, high, less_than, scarce, discontinued_at)
SELECT name FROM products
WHERE (category_id = ?)
  && (price BETWEEN ? AND ?)
  AND active
  AND (TRUE)
  AND (stock < ?)
  AND (discontinued_at <=> ?)
LIMIT ?;

-- search (category_id, low, high, less_than, scarce, discontinued_at, ids)
SELECT name FROM products
WHERE (category_id = ?)
  && (price BETWEEN ? AND ?)
  AND active
  AND (TRUE)
  AND (stock < ?)
  AND (discontinued_at <=> ?)
  AND (id IN (?, ?))
LIMIT ?;

-- search (category_id, low, high, in_stock)
SELECT name FROM products
WHERE (category_id = ?)
  && (price BETWEEN ? AND ?)
  AND active
  AND ((stock > 0))
LIMIT ?;

-- search (category_id, low, high, in_stock, ids)
SELECT name FROM products
WHERE (category_id = ?)
  && (price BETWEEN ? AND ?)
  AND active
  AND ((stock > 0))
  AND (id IN (?, ?))
LIMIT ?;

-- search (category_id, low, high, in_stock, discontinued_at)
SELECT name FROM products
WHERE (category_id = ?)
  && (price BETWEEN ? AND ?)
  AND active
  AND ((stock > 0))
  AND (discontinued_at <=> ?)
LIMIT ?;

-- search (category_id, low, high, in_stock, discontinued_at, ids)
SELECT name FROM products
WHERE (category_id = ?)
  && (price BETWEEN ? AND ?)
  AND active
  AND ((stock > 0))
  AND (discontinued_at <=> ?)
  AND (id IN (?, ?))
LIMIT ?;

-- search (category_id, low, high, in_stock, less_than, scarce)
SELECT name FROM products
WHERE (category_id = ?)
  && (price BETWEEN ? AND ?)
  AND active
  AND ((stock > 0))
  AND (stock < ?)
LIMIT ?;

-- search (category_id, low, high, in_stock, less_than, scarce, ids)
SELECT name FROM products
WHERE (category_id = ?)
  && (price BETWEEN ? AND ?)
  AND active
  AND ((stock > 0))
  AND (stock < ?)
  AND (id IN (?, ?))
LIMIT ?;

-- search (category_id, low, high, in_stock, less_than, scarce, discontinued_at)
SELECT name FROM products
WHERE (category_id = ?)
  && (price BETWEEN ? AND ?)
  AND active
  AND ((stock > 0))
  AND (stock < ?)
  AND (discontinued_at <=> ?)
LIMIT ?;

-- search (category_id, low, high, in_stock, less_than, scarce, discontinued_at, ids)
SELECT name FROM products
WHERE (category_id = ?)
  && (price BETWEEN ? AND ?)
  AND active
  AND ((stock > 0))
  AND (stock < ?)
  AND (discontinued_at <=> ?)
  AND (id IN (?, ?))
LIMIT ?;

-- search (category_id, name)
SELECT name FROM products
WHERE (category_id = ?)
  AND (name LIKE CONCAT('%', ?, '%'))
  AND active
  AND (TRUE)
LIMIT ?;

-- search (category_id, name, ids)
SELECT name FROM products
WHERE (category_id = ?)
  AND (name LIKE CONCAT('%', ?, '%'))
  AND active
  AND (TRUE)
  AND (id IN (?, ?))
LIMIT ?;

-- search (category_id, name, discontinued_at)
SELECT name FROM products
WHERE (category_id = ?)
  AND (name LIKE CONCAT('%', ?, '%'))
  AND active
  AND (TRUE)
  AND (discontinued_at <=> ?)
LIMIT ?;

-- search (category_id, name, discontinued_at, ids)
SELECT name FROM products
WHERE (category_id = ?)
  AND (name LIKE CONCAT('%', ?, '%'))
  AND active
  AND (TRUE)
  AND (discontinued_at <=> ?)
  AND (id IN (?, ?))
LIMIT ?;

-- search (category_id, name, less_than, scarce)
SELECT name FROM products
WHERE (category_id = ?)
  AND (name LIKE CONCAT('%', ?, '%'))
  AND active
  AND (TRUE)
  AND (stock < ?)
LIMIT ?;

-- search (category_id, name, less_than, scarce, ids)
SELECT name FROM products
WHERE (category_id = ?)
  AND (name LIKE CONCAT('%', ?, '%'))
  AND active
  AND (TRUE)
  AND (stock < ?)
  AND (id IN (?, ?))
LIMIT ?;

-- search (category_id, name, less_than, scarce, discontinued_at)
SELECT name FROM products
WHERE (category_id = ?)
  AND (name LIKE CONCAT('%', ?, '%'))
  AND active
  AND (TRUE)
  AND (stock < ?)
  AND (discontinued_at <=> ?)
LIMIT ?;

-- search (category_id, name, less_than, scarce, discontinued_at, ids)
SELECT name FROM products
WHERE (category_id = ?)
  AND (name LIKE CONCAT('%', ?, '%'))
  AND active
  AND (TRUE)
  AND (stock < ?)
  AND (discontinued_at <=> ?)
  AND (id IN (?, ?))
LIMIT ?;

-- search (category_id, name, in_stock)
SELECT name FROM products
WHERE (category_id = ?)
  AND (name LIKE CONCAT('%', ?, '%'))
  AND active
  AND ((stock > 0))
LIMIT ?;

-- search (category_id, name, in_stock, ids)
SELECT name FROM products
WHERE (category_id = ?)
  AND (name LIKE CONCAT('%', ?, '%'))
  AND active
  AND ((stock > 0))
  AND (id IN (?, ?))
LIMIT ?;

-- search (category_id, name, in_stock, discontinued_at)
SELECT name FROM products
WHERE (category_id = ?)
  AND (name LIKE CONCAT('%', ?, '%'))
  AND active
  AND ((stock > 0))
  AND (discontinued_at <=> ?)
LIMIT ?;

-- search (category_id, name, in_stock, discontinued_at, ids)
SELECT name FROM products
WHERE (category_id = ?)
  AND (name LIKE CONCAT('%', ?, '%'))
  AND active
  AND ((stock > 0))
  AND (discontinued_at <=> ?)
  AND (id IN (?, ?))
LIMIT ?;

-- search (category_id, name, in_stock, less_than, scarce)
SELECT name FROM products
WHERE (category_id = ?)
  AND (name LIKE CONCAT('%', ?, '%'))
  AND active
  AND ((stock > 0))
  AND (stock < ?)
LIMIT ?;

-- search (category_id, name, in_stock, less_than, scarce, ids)
SELECT name FROM products
WHERE (category_id = ?)
  AND (name LIKE CONCAT('%', ?, '%'))
  AND active
  AND ((stock > 0))
  AND (stock < ?)
  AND (id IN (?, ?))
LIMIT ?;

-- search (category_id, name, in_stock, less_than, scarce, discontinued_at)
SELECT name FROM products
WHERE (category_id = ?)
  AND (name LIKE CONCAT('%', ?, '%'))
  AND active
  AND ((stock > 0))
  AND (stock < ?)
  AND (discontinued_at <=> ?)
LIMIT ?;

-- search (category_id, name, in_stock, less_than, scarce, discontinued_at, ids)
SELECT name FROM products
WHERE (category_id = ?)
  AND (name LIKE CONCAT('%', ?, '%'))
  AND active
  AND ((stock > 0))
  AND (stock < ?)
  AND (discontinued_at <=> ?)
  AND (id IN (?, ?))
LIMIT ?;

-- search (category_id, name, low, high)
SELECT name FROM products
WHERE (category_id = ?)
  AND (name LIKE CONCAT('%', ?, '%'))
  && (price BETWEEN ? AND ?)
  AND active
  AND (TRUE)
LIMIT ?;

-- search (category_id, name, low, high, ids)
SELECT name FROM products
WHERE (category_id = ?)
  AND (name LIKE CONCAT('%', ?, '%'))
  && (price BETWEEN ? AND ?)
  AND active
  AND (TRUE)
  AND (id IN (?, ?))
LIMIT ?;

-- search (category_id, name, low, high, discontinued_at)
SELECT name FROM products
WHERE (category_id = ?)
  AND (name LIKE CONCAT('%', ?, '%'))
  && (price BETWEEN ? AND ?)
  AND active
  AND (TRUE)
  AND (discontinued_at <=> ?)
LIMIT ?;

-- search (category_id, name, low, high, discontinued_at, ids)
SELECT name FROM products
WHERE (category_id = ?)
  AND (name LIKE CONCAT('%', ?, '%'))
  && (price BETWEEN ? AND ?)
  AND active
  AND (TRUE)
  AND (discontinued_at <=> ?)
  AND (id IN (?, ?))
LIMIT ?;

-- search (category_id, name, low, high, less_than, scarce)
SELECT name FROM products
WHERE (category_id = ?)
  AND (name LIKE CONCAT('%', ?, '%'))
  && (price BETWEEN ? AND ?)
  AND active
  AND (TRUE)
  AND (stock < ?)
LIMIT ?;

-- search (category_id, name, low, high, less_than, scarce, ids)
SELECT name FROM products
WHERE (category_id = ?)
  AND (name LIKE CONCAT('%', ?, '%'))
  && (price BETWEEN ? AND ?)
  AND active
  AND (TRUE)
  AND (stock < ?)
  AND (id IN (?, ?))
LIMIT ?;

-- search (category_id, name, low, high, less_than, scarce, discontinued_at)
SELECT name FROM products
WHERE (category_id = ?)
  AND (name LIKE CONCAT('%', ?, '%'))
  && (price BETWEEN ? AND ?)
  AND active
  AND (TRUE)
  AND (stock < ?)
  AND (discontinued_at <=> ?)
LIMIT ?;

-- search (category_id, name, low, high, less_than, scarce, discontinued_at, ids)
SELECT name FROM products
WHERE (category_id = ?)
  AND (name LIKE CONCAT('%', ?, '%'))
  && (price BETWEEN ? AND ?)
  AND active
  AND (TRUE)
  AND (stock < ?)
  AND (discontinued_at <=> ?)
  AND (id IN (?, ?))
LIMIT ?;

-- search (category_id, name, low, high, in_stock)
SELECT name FROM products
WHERE (category_id = ?)
  AND (name LIKE CONCAT('%', ?, '%'))
  && (price BETWEEN ? AND ?)
  AND active
  AND ((stock > 0))
LIMIT ?;

-- search (category_id, name, low, high, in_stock, ids)
SELECT name FROM products
WHERE (category_id = ?)
  AND (name LIKE CONCAT('%', ?, '%'))
  && (price BETWEEN ? AND ?)
  AND active
  AND ((stock > 0))
  AND (id IN (?, ?))
LIMIT ?;

-- search (category_id, name, low, high, in_stock, discontinued_at)
SELECT name FROM products
WHERE (category_id = ?)
  AND (name LIKE CONCAT('%', ?, '%'))
  && (price BETWEEN ? AND ?)
  AND active
  AND ((stock > 0))
  AND (discontinued_at <=> ?)
LIMIT ?;

-- search (category_id, name, low, high, in_stock, discontinued_at, ids)
SELECT name FROM products
WHERE (category_id = ?)
  AND (name LIKE CONCAT('%', ?, '%'))
  && (price BETWEEN ? AND ?)
  AND active
  AND ((stock > 0))
  AND (discontinued_at <=> ?)
  AND (id IN (?, ?))
LIMIT ?;

-- search (category_id, name, low, high, in_stock, less_than, scarce)
SELECT name FROM products
WHERE (category_id = ?)
  AND (name LIKE CONCAT('%', ?, '%'))
  && (price BETWEEN ? AND ?)
  AND active
  AND ((stock > 0))
  AND (stock < ?)
LIMIT ?;

-- search (category_id, name, low, high, in_stock, less_than, scarce, ids)
SELECT name FROM products
WHERE (category_id = ?)
  AND (name LIKE CONCAT('%', ?, '%'))
  && (price BETWEEN ? AND ?)
  AND active
  AND ((stock > 0))
  AND (stock < ?)
  AND (id IN (?, ?))
LIMIT ?;

-- search (category_id, name, low, high, in_stock, less_than, scarce, discontinued_at)
SELECT name FROM products
WHERE (category_id = ?)
  AND (name LIKE CONCAT('%', ?, '%'))
  && (price BETWEEN ? AND ?)
  AND active
  AND ((stock > 0))
  AND (stock < ?)
  AND (discontinued_at <=> ?)
LIMIT ?;

-- search (category_id, name, low, high, in_stock, less_than, scarce, discontinued_at, ids)
SELECT name FROM products
WHERE (category_id = ?)
  AND (name LIKE CONCAT('%', ?, '%'))
  && (price BETWEEN ? AND ?)
  AND active
  AND ((stock > 0))
  AND (stock < ?)
  AND (discontinued_at <=> ?)
  AND (id IN (?, ?))
LIMIT ?;

-- count_products
SELECT COUNT(*) FROM products p LEFT JOIN categories c ON c.id = p.category_id
WHERE TRUE;

-- count_products (price)
SELECT COUNT(*) FROM products p LEFT JOIN categories c ON c.id = p.category_id
WHERE (p.price > ? OR p.stock > ?);

-- count_products (category)
SELECT COUNT(*) FROM products p LEFT JOIN categories c ON c.id = p.category_id AND (c.name = ?)
WHERE TRUE;

-- count_products (category, price)
SELECT COUNT(*) FROM products p LEFT JOIN categories c ON c.id = p.category_id AND (c.name = ?)
WHERE (p.price > ? OR p.stock > ?);

-- close_orders
UPDATE orders SET status = 'done' WHERE TRUE AND note IS NULL;

-- close_orders (status)
UPDATE orders SET status = 'done' WHERE (status = ?) AND note IS NULL;
