-- Totals over whole tables, in 64 stripes: see migrations/0006. Each add_ query belongs to the transaction that makes the change, as its
-- last statement, so that the stripe is locked for a moment only. The stripe is chosen by the connection: the transactions of one process,
-- whose connections were opened together, then have different stripes, and do not wait for each other.

-- name: get_totals :one
-- explain-ok: full-scan: 64 stripes, however large the shop is
SELECT
    CAST(COALESCE(SUM(categories), 0) AS SIGNED) AS categories,
    CAST(COALESCE(SUM(products), 0) AS SIGNED) AS products,
    CAST(COALESCE(SUM(stock), 0) AS SIGNED) AS stock,
    COALESCE(SUM(price_sum), 0) AS price_sum,
    CAST(COALESCE(SUM(customers), 0) AS SIGNED) AS customers,
    CAST(COALESCE(SUM(orders), 0) AS SIGNED) AS orders
FROM statistics;

-- name: add_category_totals :exec
INSERT INTO statistics (stripe, categories)
VALUES (CONNECTION_ID() % 64, :categories)
ON DUPLICATE KEY UPDATE categories = categories + :categories;

-- name: add_product_totals :exec
-- Differences: a product created adds 1, its stock and its price; one changed adds what its stock and price grew by.
INSERT INTO statistics (stripe, products, stock, price_sum)
VALUES (CONNECTION_ID() % 64, :products, :stock, :price_sum)
ON DUPLICATE KEY UPDATE
    products = products + :products,
    stock = stock + :stock,
    price_sum = price_sum + :price_sum;

-- name: add_customer_totals :exec
INSERT INTO statistics (stripe, customers)
VALUES (CONNECTION_ID() % 64, :customers)
ON DUPLICATE KEY UPDATE customers = customers + :customers;

-- name: add_order_totals :exec
-- An order placed adds 1 and takes its pieces from the stock.
INSERT INTO statistics (stripe, orders, stock)
VALUES (CONNECTION_ID() % 64, :orders, :stock)
ON DUPLICATE KEY UPDATE orders = orders + :orders, stock = stock + :stock;
