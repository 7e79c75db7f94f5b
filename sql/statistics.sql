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
-- What changes in one category: a product is created or moves there, its stock changes, or it is ordered.
INSERT INTO category_totals (category_id, stripe, products, stock, quantity_sold, revenue)
VALUES (:category_id, CONNECTION_ID() % 64, :products, :stock, :quantity_sold, :revenue)
ON DUPLICATE KEY UPDATE
    products = products + :products,
    stock = stock + :stock,
    quantity_sold = quantity_sold + :quantity_sold,
    revenue = revenue + :revenue;

-- name: add_category_sales :exec
-- Adds sales in several categories, and takes their pieces from the stock. `sales` is a JSON array of {category_id, quantity,
-- revenue}; the revenue is a string, because the server reads a number of JSON as a double.
INSERT INTO category_totals (category_id, stripe, stock, quantity_sold, revenue)
SELECT UNHEX(j.category_id), CONNECTION_ID() % 64, -j.quantity, j.quantity, j.revenue
FROM JSON_TABLE(
    :sales, '$[*]' COLUMNS (
        category_id CHAR(32) PATH '$.category_id',
        quantity BIGINT PATH '$.quantity',
        revenue DECIMAL(30, 2) PATH '$.revenue'
    )
) AS j
ORDER BY j.category_id
ON DUPLICATE KEY UPDATE
    stock = category_totals.stock - j.quantity,
    quantity_sold = category_totals.quantity_sold + j.quantity,
    revenue = category_totals.revenue + j.revenue;
