-- name: order_with_items :one
SELECT o.id, o.status,
    (SELECT JSON_ARRAYAGG(JSON_OBJECT('line', i.line, 'price', i.unit_price, 'gift wrap', TRUE))
     FROM order_items i WHERE i.order_id = o.id) AS items
FROM orders o WHERE o.id = :id;

-- name: products_as_json :many
SELECT JSON_OBJECT('id', BIN_TO_UUID(p.id), 'raw_id', p.id, 'created', p.created_at, 'active', p.active,
    'category', JSON_OBJECT('name', c.name), 'tags', JSON_ARRAY('a', 'b'), 'pair', JSON_ARRAY(1, 'x')) AS product
FROM products p JOIN categories c ON c.id = p.category_id;

-- name: nothing_as_json :many
SELECT JSON_ARRAY() AS nothing, JSON_OBJECT('tags', JSON_ARRAY(), 'more', JSON_OBJECT()) AS product FROM products;
