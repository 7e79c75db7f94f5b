-- transactional: false
-- depends: 0014.create-stock-changes

-- The trigrams of product names: every three characters that follow each other. A part of a name that has a trigram is
-- searched for among the names with the same trigram only. Each row repeats the name, so that a search is counted, and
-- its page is found in the order of names, in product_trigrams_by_trigram_and_name alone. Trigrams that the collation
-- takes for equal are one row. The primary key keeps the rows of a product together, where they are written and deleted.
-- The table comes before the columns that tell which names are in it. So it is dropped after them, and no rollback leaves
-- a product that counts as indexed and has no trigrams.
CREATE TABLE product_trigrams (
    product_id BINARY(16) NOT NULL,
    trigram VARCHAR(3) NOT NULL,
    name VARCHAR(200) NOT NULL COMMENT 'products.indexed_name',
    PRIMARY KEY (product_id, trigram),
    KEY product_trigrams_by_trigram_and_name (trigram, name),
    CONSTRAINT product_trigrams_product FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
