-- name: strings :one
-- Says "\d" and """ and ends in "quotes"
SELECT '100%' AS a, 'what? :no %s' AS b, "it's \\ \n" AS c, '"""' AS d, /* gone ? :x */ `name` AS 'e"' -- gone too
FROM products # and this
WHERE /*+ kept */ name LIKE '%"' AND id = ? /*! AND 1 = 1 */
LIMIT 1;

-- name: modulo :many
SELECT stock % 7 AS rest FROM products WHERE name = 'é🙂' AND stock % ? = 0;

-- name: one_line :exec
DELETE FROM products WHERE name = "a\"b'c";
