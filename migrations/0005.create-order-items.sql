-- transactional: false
-- depends: 0004.create-orders

-- An order names a product once, so the pair is the key, and the items of an order lie together: one range read, no second index.
-- The id is the item's name outside; unit_price is what the customer paid, whatever the product costs later.
-- order_items_by_product_and_quantity gives the units sold of a product from the index alone.
CREATE TABLE order_items (
    order_id BINARY(16) NOT NULL,
    product_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    quantity INT NOT NULL,
    unit_price DECIMAL(12, 2) NOT NULL,
    PRIMARY KEY (order_id, product_id),
    KEY order_items_by_product_and_quantity (product_id, quantity),
    CONSTRAINT order_items_order FOREIGN KEY (order_id) REFERENCES orders (id),
    CONSTRAINT order_items_product FOREIGN KEY (product_id) REFERENCES products (id),
    CONSTRAINT order_items_quantity_positive CHECK (quantity > 0),
    CONSTRAINT order_items_unit_price_positive CHECK (unit_price > 0)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
