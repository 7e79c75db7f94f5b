-- name: orders_with_items :many
SELECT o.id, JSON_ARRAYAGG(JSON_OBJECT('line', i.line, 'quantity', i.quantity)) AS items
FROM orders o LEFT JOIN order_items i ON i.order_id = o.id
GROUP BY o.id;
