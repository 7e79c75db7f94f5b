-- name: get_thing :one
SELECT id, total, attributes, day, owner_id FROM things WHERE id = :id;

-- name: whole_thing :one
SELECT * FROM things WHERE id = :id;

-- name: set_thing :exec
UPDATE things SET total = :total, attributes = :attributes, day = :day, owner_id = :owner_id WHERE id = :id;
