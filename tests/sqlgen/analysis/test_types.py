"""The types that the server gives; each row was read off MySQL 9.7 by PREPARE."""

import pytest

from tests.sqlgen.analysis.reading import exact_types


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT id + id, quantity * 2 FROM items, orders", "BIGINT, BIGINT UNSIGNED"),
        ("SELECT total + 1, total * total, total / id, id DIV 2, id / 3 FROM orders",
         "DECIMAL(11,2), DECIMAL(20,4), DECIMAL(14,6), BIGINT, DECIMAL(14,4)"),
        ("SELECT weight + 1, note + 1, vip + vip FROM items, customers", "DOUBLE, DOUBLE, BIGINT"),
        ("SELECT SUM(id), AVG(id), SUM(total), AVG(total), SUM(weight), COUNT(*) FROM orders, items",
         "DECIMAL(32,0), DECIMAL(14,4), DECIMAL(32,2), DECIMAL(14,6), DOUBLE, BIGINT"),
        ("SELECT id & 1, ~id, -id, -quantity FROM orders, items", "BIGINT UNSIGNED, BIGINT UNSIGNED, BIGINT, BIGINT"),
        ("SELECT born + INTERVAL 1 DAY, born + INTERVAL 1 HOUR, joined + INTERVAL 1 SECOND, 'x' + INTERVAL 1 DAY FROM customers",
         "DATE, DATETIME, DATETIME(3), VARCHAR"),
        ("SELECT NOW(), NOW(6), CURDATE(), CURTIME(), UNIX_TIMESTAMP(), UNIX_TIMESTAMP(joined) FROM customers",
         "DATETIME, DATETIME(6), DATE, TIME, BIGINT, DECIMAL(15,3)"),
        ("SELECT STR_TO_DATE('', '%Y-%m-%d'), STR_TO_DATE('', '%H:%i'), STR_TO_DATE('', '%Y %H'), YEAR(born) FROM customers",
         "DATE, TIME, DATETIME, YEAR UNSIGNED"),
        ("SELECT IF(1, id, quantity), IF(1, id, total), IF(1, id, weight), IF(1, id, note) FROM orders JOIN items i USING (note)",
         "BIGINT, DECIMAL(12,2), DOUBLE, TEXT"),
        ("SELECT IF(1, born, joined), IF(1, born, 1), COALESCE(born, 'x') FROM customers", "DATETIME(3), VARCHAR, VARCHAR"),
        ("SELECT MAX(status), COALESCE(status, 'x'), MIN(sku) FROM orders, items GROUP BY status", "ENUM, VARCHAR, BINARY"),
        ("SELECT ROUND(total), ROUND(total, 1), CEIL(total), ABS(total), MOD(total, 3) FROM orders",
         "DECIMAL(8,0), DECIMAL(9,1), BIGINT, DECIMAL(10,2), DECIMAL(10,2)"),
        ("SELECT settings, settings->'$.a', settings->>'$.a', JSON_LENGTH(settings) FROM customers", "JSON, JSON, LONGTEXT, BIGINT"),
        ("SELECT CAST('1' AS SIGNED), CAST('1' AS UNSIGNED), CAST('1' AS DECIMAL(6,2)), CAST(1 AS CHAR), CAST('{}' AS JSON)",
         "BIGINT, BIGINT UNSIGNED, DECIMAL(6,2), VARCHAR, JSON"),
        ("SELECT CAST(note AS CHAR), CAST(note AS NCHAR), CAST(settings AS CHAR), CAST(note AS CHAR(5)), CAST(email AS CHAR),"
         " CAST(note AS CHAR CHARACTER SET binary) FROM orders, customers",
         "LONGTEXT, LONGTEXT, LONGTEXT, VARCHAR, VARCHAR, VARBINARY"),
        ("SELECT CONVERT(note USING latin1), CONVERT(LOAD_FILE(email) USING latin1), CONVERT(settings USING latin1),"
         " CONVERT(email USING latin1) FROM orders, customers", "LONGTEXT, LONGTEXT, LONGTEXT, VARCHAR"),
        ("SELECT x'41', x'41' + 0, 1.5, 1e3, 'a', 18446744073709551615", "VARBINARY, BIGINT UNSIGNED, DECIMAL(2,1), DOUBLE, VARCHAR, BIGINT UNSIGNED"),
        ("SELECT id FROM orders UNION SELECT quantity FROM items", "BIGINT"),
        ("SELECT id FROM orders UNION SELECT id FROM customers", "DECIMAL(20,0)"),
        ("SELECT total FROM orders UNION SELECT weight FROM items UNION SELECT 1", "DOUBLE"),
        ("SELECT HEX(sku), UUID_TO_BIN('x'), CONCAT(sku, 'a'), UPPER(sku), BIN_TO_UUID(sku) FROM items",
         "VARCHAR, VARBINARY, VARBINARY, VARBINARY, VARCHAR"),
        ("SELECT ROW_NUMBER() OVER (), LAG(id, 1, 1.5) OVER (ORDER BY id), CUME_DIST() OVER (ORDER BY id) FROM orders",
         "BIGINT UNSIGNED, DECIMAL(11,1), DOUBLE"),
    ],
)  # fmt: skip
def test_types_are_the_servers(sql: str, expected: str) -> None:
    assert exact_types(sql) == expected
