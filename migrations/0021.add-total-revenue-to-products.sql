-- transactional: false
-- depends: 0020.create-category-totals

-- What was paid for a product in all orders, kept like total_sold by the transactions that write orders. A product that
-- moves to another category can then take its sales with it, at a cost that does not depend on their number. A release
-- before this one does not write it. MySQL and MariaDB add the column without a copy of the table.
ALTER TABLE products
ADD COLUMN total_revenue DECIMAL(30, 2) NOT NULL DEFAULT 0 COMMENT 'sum of quantity * unit_price';
