-- transactional: false
-- depends: 0002.create-customers

-- Every order of a list has an index, alone and within a category, that goes on with the id (InnoDB appends the primary key where
-- it is not named), so that a page is read from the index and nothing is sorted. Those of all products end in the name: a part of
-- a name that is rare is looked for in the whole index, but not in every row.
-- total_sold is kept by the transactions that write orders.
-- stock_quantity is signed: taking too much then breaks the CHECK instead of wrapping round.
CREATE TABLE products (
    id BINARY(16) NOT NULL,
    category_id BINARY(16) NOT NULL,
    name VARCHAR(200) NOT NULL,
    description VARCHAR(2000) NULL,
    price DECIMAL(12, 2) NOT NULL,
    stock_quantity BIGINT NOT NULL DEFAULT 0,
    total_sold BIGINT NOT NULL DEFAULT 0,
    is_active BOOLEAN NOT NULL DEFAULT TRUE,
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) COMMENT 'UTC',
    updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6) COMMENT 'UTC',
    PRIMARY KEY (id),
    KEY products_by_name (name),
    KEY products_by_price (price, id, name),
    KEY products_by_stock_quantity (stock_quantity, id, name),
    KEY products_by_total_sold (total_sold, id, name),
    KEY products_by_created_at (created_at, id, name),
    KEY products_by_category_and_name (category_id, name),
    KEY products_by_category_and_price (category_id, price),
    KEY products_by_category_and_stock_quantity (category_id, stock_quantity),
    KEY products_by_category_and_total_sold (category_id, total_sold),
    KEY products_by_category_and_created_at (category_id, created_at),
    CONSTRAINT products_category FOREIGN KEY (category_id) REFERENCES categories (id),
    CONSTRAINT products_name_not_empty CHECK (name <> ''),
    CONSTRAINT products_price_positive CHECK (price > 0),
    CONSTRAINT products_stock_not_negative CHECK (stock_quantity >= 0),
    CONSTRAINT products_total_sold_not_negative CHECK (total_sold >= 0)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
