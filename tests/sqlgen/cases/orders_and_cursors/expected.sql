-- list_products (order=newest)
SELECT p.id, p.name, p.price, p.created_at, c.name AS category
FROM (
    SELECT * FROM products q
    WHERE TRUE
    ORDER BY `q`.`created_at` DESC, `q`.`id` DESC
    LIMIT ? OFFSET ?
) p
JOIN categories c ON c.id = p.category_id
ORDER BY `p`.`created_at` DESC, `p`.`id` DESC;

-- list_products (order=newest, after)
SELECT p.id, p.name, p.price, p.created_at, c.name AS category
FROM (
    SELECT * FROM products q
    WHERE (`q`.`created_at` <= ? AND (`q`.`created_at` < ? OR (`q`.`created_at` = ? AND `q`.`id` < ?)))
    ORDER BY `q`.`created_at` DESC, `q`.`id` DESC
    LIMIT ? OFFSET ?
) p
JOIN categories c ON c.id = p.category_id
ORDER BY `p`.`created_at` DESC, `p`.`id` DESC;

-- list_products (order=price_asc)
SELECT p.id, p.name, p.price, p.created_at, c.name AS category
FROM (
    SELECT * FROM products q
    WHERE TRUE
    ORDER BY `q`.`price` ASC, `q`.`name` DESC, `q`.`id` ASC
    LIMIT ? OFFSET ?
) p
JOIN categories c ON c.id = p.category_id
ORDER BY `p`.`price` ASC, `p`.`name` DESC, `p`.`id` ASC;

-- list_products (order=price_asc, after)
SELECT p.id, p.name, p.price, p.created_at, c.name AS category
FROM (
    SELECT * FROM products q
    WHERE (`q`.`price` >= ? AND (`q`.`price` > ? OR (`q`.`price` = ? AND `q`.`name` <= ? AND (`q`.`name` < ? OR (`q`.`name` = ? AND `q`.`id` > ?)))))
    ORDER BY `q`.`price` ASC, `q`.`name` DESC, `q`.`id` ASC
    LIMIT ? OFFSET ?
) p
JOIN categories c ON c.id = p.category_id
ORDER BY `p`.`price` ASC, `p`.`name` DESC, `p`.`id` ASC;

-- list_products (order=by_id)
SELECT p.id, p.name, p.price, p.created_at, c.name AS category
FROM (
    SELECT * FROM products q
    WHERE TRUE
    ORDER BY `q`.`id` ASC
    LIMIT ? OFFSET ?
) p
JOIN categories c ON c.id = p.category_id
ORDER BY `p`.`id` ASC;

-- list_products (order=by_id, after)
SELECT p.id, p.name, p.price, p.created_at, c.name AS category
FROM (
    SELECT * FROM products q
    WHERE (`q`.`id` > ?)
    ORDER BY `q`.`id` ASC
    LIMIT ? OFFSET ?
) p
JOIN categories c ON c.id = p.category_id
ORDER BY `p`.`id` ASC;

-- list_products (category_id, order=newest)
SELECT p.id, p.name, p.price, p.created_at, c.name AS category
FROM (
    SELECT * FROM products q
    WHERE TRUE AND (q.category_id = ?)
    ORDER BY `q`.`created_at` DESC, `q`.`id` DESC
    LIMIT ? OFFSET ?
) p
JOIN categories c ON c.id = p.category_id
ORDER BY `p`.`created_at` DESC, `p`.`id` DESC;

-- list_products (category_id, order=newest, after)
SELECT p.id, p.name, p.price, p.created_at, c.name AS category
FROM (
    SELECT * FROM products q
    WHERE (`q`.`created_at` <= ? AND (`q`.`created_at` < ? OR (`q`.`created_at` = ? AND `q`.`id` < ?))) AND (q.category_id = ?)
    ORDER BY `q`.`created_at` DESC, `q`.`id` DESC
    LIMIT ? OFFSET ?
) p
JOIN categories c ON c.id = p.category_id
ORDER BY `p`.`created_at` DESC, `p`.`id` DESC;

-- list_products (category_id, order=price_asc)
SELECT p.id, p.name, p.price, p.created_at, c.name AS category
FROM (
    SELECT * FROM products q
    WHERE TRUE AND (q.category_id = ?)
    ORDER BY `q`.`price` ASC, `q`.`name` DESC, `q`.`id` ASC
    LIMIT ? OFFSET ?
) p
JOIN categories c ON c.id = p.category_id
ORDER BY `p`.`price` ASC, `p`.`name` DESC, `p`.`id` ASC;

-- list_products (category_id, order=price_asc, after)
SELECT p.id, p.name, p.price, p.created_at, c.name AS category
FROM (
    SELECT * FROM products q
    WHERE (`q`.`price` >= ? AND (`q`.`price` > ? OR (`q`.`price` = ? AND `q`.`name` <= ? AND (`q`.`name` < ? OR (`q`.`name` = ? AND `q`.`id` > ?))))) AND (q.category_id = ?)
    ORDER BY `q`.`price` ASC, `q`.`name` DESC, `q`.`id` ASC
    LIMIT ? OFFSET ?
) p
JOIN categories c ON c.id = p.category_id
ORDER BY `p`.`price` ASC, `p`.`name` DESC, `p`.`id` ASC;

-- list_products (category_id, order=by_id)
SELECT p.id, p.name, p.price, p.created_at, c.name AS category
FROM (
    SELECT * FROM products q
    WHERE TRUE AND (q.category_id = ?)
    ORDER BY `q`.`id` ASC
    LIMIT ? OFFSET ?
) p
JOIN categories c ON c.id = p.category_id
ORDER BY `p`.`id` ASC;

-- list_products (category_id, order=by_id, after)
SELECT p.id, p.name, p.price, p.created_at, c.name AS category
FROM (
    SELECT * FROM products q
    WHERE (`q`.`id` > ?) AND (q.category_id = ?)
    ORDER BY `q`.`id` ASC
    LIMIT ? OFFSET ?
) p
JOIN categories c ON c.id = p.category_id
ORDER BY `p`.`id` ASC;

-- list_names (order=az)
SELECT name FROM categories ORDER BY `name` ASC LIMIT 10;

-- list_names (order=za)
SELECT name FROM categories ORDER BY `name` DESC LIMIT 10;

-- page_of_ids (order=up)
SELECT id FROM categories WHERE name > '' ORDER BY `id` ASC LIMIT ?;

-- page_of_ids (order=up, after)
SELECT id FROM categories WHERE name > '' AND (`id` > ?) ORDER BY `id` ASC LIMIT ?;
