-- transactional: false

-- Ids are UUIDv7 made by the application; 16 bytes keep the secondary indexes small, and their order is the order of creation.
-- Names sort and compare without regard to case; the collation is one that MySQL and MariaDB share.
CREATE TABLE categories (
    id BINARY(16) NOT NULL,
    name VARCHAR(200) NOT NULL,
    description VARCHAR(2000) NULL,
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) COMMENT 'UTC',
    updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6) COMMENT 'UTC',
    PRIMARY KEY (id),
    KEY categories_by_name (name),
    CONSTRAINT categories_name_not_empty CHECK (name <> '')
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
