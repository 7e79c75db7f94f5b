-- transactional: false
-- depends: 0010.create-cache-closed

-- Addresses are stored in small letters, so that equal means equal: the collation of names would take jose@ and josé@, and
-- strasse@ and straße@, for one address.
ALTER TABLE customers
MODIFY email VARCHAR(254) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL;
