-- transactional: false
-- depends: 0010.create-cache-closed

-- Addresses are stored in lower case and compared byte by byte. The collation of names would treat jose@ and josé@, and
-- strasse@ and straße@, as one address.
ALTER TABLE customers
MODIFY email VARCHAR(254) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL;
