-- name: everything :one
SELECT * FROM everything WHERE id = :id;

-- name: set_everything :exec
UPDATE everything SET tiny = :tiny, flag = :flag, big = :big, amount = :amount, ratio = :ratio, bits = :bits,
    day = :day, moment = :moment, stamp = :stamp, span = :span, year_ = :year_, letters = :letters, ident_id = :ident_id,
    raw_bytes = :raw_bytes, picture = :picture, words = :words, kind = :kind, kinds = :kinds, doc = :doc, place = :place
WHERE id = :id;
