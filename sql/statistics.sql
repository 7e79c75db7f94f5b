-- Totals over whole tables, over the orders of a day, and over the products of a category, each in 64 stripes: see
-- migrations/0006, 0019 and 0020. Each add_ query belongs to the transaction that makes the change, as one of its last
-- statements, so that the stripe is locked for a moment only. The stripe is chosen by the connection: the transactions of
-- one process, whose connections were opened together, then have different stripes, and do not wait for each other.
-- Differences are added: what a change takes away is negative.
-- unreported_at stays as it is, because these queries also keep the totals of days and categories: see migrations/0022.

-- name: get_totals :one
-- explain-ok: full-scan: 65 stripes, however large the shop is
SELECT
    CAST(COALESCE(SUM(categories), 0) AS SIGNED) AS categories,
    CAST(COALESCE(SUM(products), 0) AS SIGNED) AS products,
    CAST(COALESCE(SUM(stock), 0) AS SIGNED) AS stock,
    COALESCE(SUM(price_sum), 0) AS price_sum,
    CAST(COALESCE(SUM(customers), 0) AS SIGNED) AS customers,
    CAST(COALESCE(SUM(orders), 0) AS SIGNED) AS orders
FROM statistics;

-- name: add_category_count :exec
INSERT INTO statistics (stripe, categories, unreported_at)
VALUES (CONNECTION_ID() % 64, :categories, NULL)
ON DUPLICATE KEY UPDATE categories = categories + :categories, unreported_at = unreported_at;

-- name: add_product_totals :exec
-- A product created adds 1, its stock and its price; one changed adds what its stock and price grew by.
INSERT INTO statistics (stripe, products, stock, price_sum, unreported_at)
VALUES (CONNECTION_ID() % 64, :products, :stock, :price_sum, NULL)
ON DUPLICATE KEY UPDATE
    products = products + :products,
    stock = stock + :stock,
    price_sum = price_sum + :price_sum,
    unreported_at = unreported_at;

-- name: add_customer_totals :exec
INSERT INTO statistics (stripe, customers, unreported_at)
VALUES (CONNECTION_ID() % 64, :customers, NULL)
ON DUPLICATE KEY UPDATE customers = customers + :customers, unreported_at = unreported_at;

-- name: add_order_totals :exec
-- An order placed adds 1 and takes its pieces from the stock.
INSERT INTO statistics (stripe, orders, stock, unreported_at)
VALUES (CONNECTION_ID() % 64, :orders, :stock, NULL)
ON DUPLICATE KEY UPDATE orders = orders + :orders, stock = stock + :stock, unreported_at = unreported_at;

-- name: add_daily_sales :exec
-- An order counts on the day of its created_at, also when it is deleted later.
INSERT INTO daily_sales (day, stripe, orders, quantity, revenue)
VALUES (:day, CONNECTION_ID() % 64, :orders, :quantity, :revenue)
ON DUPLICATE KEY UPDATE
    orders = orders + :orders,
    quantity = quantity + :quantity,
    revenue = revenue + :revenue;

-- name: add_category_totals :exec
-- What a product adds to its category: when it is created or moves there, or as its stock changes.
INSERT INTO category_totals (category_id, stripe, products, stock, quantity_sold, revenue)
VALUES (:category_id, CONNECTION_ID() % 64, :products, :stock, :quantity_sold, :revenue)
ON DUPLICATE KEY UPDATE
    products = products + :products,
    stock = stock + :stock,
    quantity_sold = quantity_sold + :quantity_sold,
    revenue = revenue + :revenue;

-- name: add_order_to_categories :exec
-- Takes the pieces of an order from the stock of the categories of its products, and counts them as sold: `orders` is 1.
-- For an order that is deleted, `orders` is -1, and its items still exist. The products are locked.
INSERT INTO category_totals (category_id, stripe, stock, quantity_sold, revenue)
SELECT s.category_id, CONNECTION_ID() % 64, -s.quantity, s.quantity, s.revenue
FROM (
    SELECT p.category_id, SUM(i.quantity * :orders) AS quantity, SUM(i.quantity * :orders * i.unit_price) AS revenue
    FROM order_items AS i
    STRAIGHT_JOIN products AS p ON p.id = i.product_id
    WHERE i.order_id = :order_id
    GROUP BY p.category_id
) AS s
ORDER BY s.category_id
ON DUPLICATE KEY UPDATE
    stock = category_totals.stock - s.quantity,
    quantity_sold = category_totals.quantity_sold + s.quantity,
    revenue = category_totals.revenue + s.revenue;
