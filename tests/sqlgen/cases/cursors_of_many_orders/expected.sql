-- list_products (order=name_asc)
SELECT id, name, created_at FROM products p WHERE TRUE ORDER BY `p`.`name` ASC, `p`.`id` ASC LIMIT ?;

-- list_products (order=name_asc, after)
SELECT id, name, created_at FROM products p WHERE (`p`.`name` >= ? AND (`p`.`name` > ? OR (`p`.`name` = ? AND `p`.`id` > ?))) ORDER BY `p`.`name` ASC, `p`.`id` ASC LIMIT ?;

-- list_products (order=name_desc)
SELECT id, name, created_at FROM products p WHERE TRUE ORDER BY `p`.`name` DESC, `p`.`id` DESC LIMIT ?;

-- list_products (order=name_desc, after)
SELECT id, name, created_at FROM products p WHERE (`p`.`name` <= ? AND (`p`.`name` < ? OR (`p`.`name` = ? AND `p`.`id` < ?))) ORDER BY `p`.`name` DESC, `p`.`id` DESC LIMIT ?;

-- list_products (order=newest)
SELECT id, name, created_at FROM products p WHERE TRUE ORDER BY `p`.`created_at` DESC, `p`.`id` DESC LIMIT ?;

-- list_products (order=newest, after)
SELECT id, name, created_at FROM products p WHERE (`p`.`created_at` <= ? AND (`p`.`created_at` < ? OR (`p`.`created_at` = ? AND `p`.`id` < ?))) ORDER BY `p`.`created_at` DESC, `p`.`id` DESC LIMIT ?;

-- list_products (order=oldest)
SELECT id, name, created_at FROM products p WHERE TRUE ORDER BY `p`.`created_at` ASC, `p`.`id` ASC LIMIT ?;

-- list_products (order=oldest, after)
SELECT id, name, created_at FROM products p WHERE (`p`.`created_at` >= ? AND (`p`.`created_at` > ? OR (`p`.`created_at` = ? AND `p`.`id` > ?))) ORDER BY `p`.`created_at` ASC, `p`.`id` ASC LIMIT ?;

-- list_products (order=by_id)
SELECT id, name, created_at FROM products p WHERE TRUE ORDER BY `p`.`id` ASC LIMIT ?;

-- list_products (order=by_id, after)
SELECT id, name, created_at FROM products p WHERE (`p`.`id` > ?) ORDER BY `p`.`id` ASC LIMIT ?;

-- list_categories (order=az)
SELECT id, name FROM categories c WHERE name <> '' ORDER BY `c`.`name` ASC, `c`.`id` ASC LIMIT ?;

-- list_categories (order=az, after)
SELECT id, name FROM categories c WHERE name <> '' AND (`c`.`name` >= ? AND (`c`.`name` > ? OR (`c`.`name` = ? AND `c`.`id` > ?))) ORDER BY `c`.`name` ASC, `c`.`id` ASC LIMIT ?;

-- list_categories (order=za)
SELECT id, name FROM categories c WHERE name <> '' ORDER BY `c`.`name` DESC, `c`.`id` DESC LIMIT ?;

-- list_categories (order=za, after)
SELECT id, name FROM categories c WHERE name <> '' AND (`c`.`name` <= ? AND (`c`.`name` < ? OR (`c`.`name` = ? AND `c`.`id` < ?))) ORDER BY `c`.`name` DESC, `c`.`id` DESC LIMIT ?;
