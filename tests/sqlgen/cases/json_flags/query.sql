-- name: objects :many
SELECT JSON_OBJECT('ok', ok, 'un', un, 'either', COALESCE(un, FALSE), 'more', id > 1) AS o FROM flags;

-- name: array :one
SELECT JSON_ARRAYAGG(ok) AS o FROM flags;
