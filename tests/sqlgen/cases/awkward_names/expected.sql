-- list (order=def)
SELECT * FROM odd_names WHERE `class` = ? ORDER BY `id` ASC;

-- list (order=def, after)
SELECT * FROM odd_names WHERE `class` = ? AND (`id` > ?) ORDER BY `id` ASC;

-- list (after, order=def)
SELECT * FROM odd_names WHERE `class` = ? AND (`int` = ?) ORDER BY `id` ASC;

-- list (after, order=def, after)
SELECT * FROM odd_names WHERE `class` = ? AND (`id` > ?) AND (`int` = ?) ORDER BY `id` ASC;
