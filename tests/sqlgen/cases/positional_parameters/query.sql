-- name: page :many
SELECT name FROM products WHERE price > ? AND price < ? AND stock = ? + 1 LIMIT ? OFFSET ?;
