-- name: a :mny
SELECT 1;
