"""MariaDB's own SQL: as the setting says, or as the schema shows."""

import pytest

from tests.sqlgen.written import columns, findings, parameters, schema_findings

SCHEMA = """
CREATE TABLE versions (x INT PRIMARY KEY, rs TIMESTAMP(6) GENERATED ALWAYS AS ROW START,
  re TIMESTAMP(6) GENERATED ALWAYS AS ROW END, PERIOD FOR SYSTEM_TIME(rs, re)) WITH SYSTEM VERSIONING;
CREATE TABLE accounts (id UUID NOT NULL PRIMARY KEY, n INT);
CREATE TABLE stays (id INT, s DATE NOT NULL, e DATE NOT NULL, PERIOD FOR p (s, e), UNIQUE (id, p WITHOUT OVERLAPS));
CREATE SEQUENCE numbers;
"""
PLAIN = "CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, n INT);"


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT * FROM versions", "x int, rs datetime null, re datetime null"),
        ("SELECT x FROM versions FOR SYSTEM_TIME AS OF NOW()", "x int"),
        ("SELECT NEXTVAL(numbers) AS n, NEXT VALUE FOR numbers AS m", "n int, m int"),
        ("SELECT MAX(id) AS m, COALESCE(id, id) AS c FROM accounts GROUP BY id", "m string, c string"),
        ("INSERT INTO accounts (id, n) VALUES (:id, :n) RETURNING id, n", "id string, n int null"),
        ("DELETE FROM accounts WHERE id = :id RETURNING *", "id string, n int null"),
        ("SELECT id FROM accounts ORDER BY id OFFSET 1 ROWS FETCH NEXT 2 ROWS ONLY", "id string"),
    ],
)
def test_a_query_is_understood(sql: str, expected: str) -> None:
    assert schema_findings(SCHEMA) == []
    assert columns(SCHEMA, sql) == expected


def test_a_returned_row_is_one_row() -> None:
    assert findings(SCHEMA, "INSERT INTO accounts (id, n) VALUES (:id, :n) RETURNING n", ":one") == []
    assert findings(SCHEMA, "DELETE FROM accounts WHERE id = :id RETURNING n", ":one") == []
    assert "can match many rows" in findings(SCHEMA, "DELETE FROM accounts RETURNING n", ":one")[0]


def test_a_versioned_table_has_two_columns_that_a_star_leaves_out() -> None:
    schema = "CREATE TABLE v (x INT PRIMARY KEY) WITH SYSTEM VERSIONING; CREATE TABLE w (x INT PRIMARY KEY);"
    shown = "x int, row_start datetime, row_end datetime"
    assert columns(schema, "SELECT * FROM v") == "x int"
    assert columns(schema, "SELECT *, row_start, row_end FROM v FOR SYSTEM_TIME ALL") == shown
    assert findings(schema, "INSERT INTO v VALUES (:x)", ":exec") == []
    added = f"{schema} ALTER TABLE w ADD SYSTEM VERSIONING, ADD y INT;"
    assert columns(added, "SELECT x, row_start, row_end FROM w") == shown
    assert findings(f"{added} ALTER TABLE w DROP SYSTEM VERSIONING;", "SELECT row_start FROM w") != []
    assert columns(SCHEMA, "SELECT * FROM versions") == "x int, rs datetime null, re datetime null"


def test_a_portion_of_a_period_and_a_uuid_parameter() -> None:
    portion = "DELETE FROM stays FOR PORTION OF p FROM :first TO :last"
    assert parameters(SCHEMA, portion) == "first datetime, last datetime"
    assert parameters(SCHEMA, "SELECT n FROM accounts WHERE id = ?") == "id string"


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO t (n) VALUES (1) RETURNING id",
        "SELECT NVL(n, 1) AS n FROM t",
        "SELECT id FROM t FETCH FIRST ROW ONLY",
    ],
)
def test_without_a_sign_of_mariadb_its_sql_is_refused_and_the_setting_allows_it(sql: str) -> None:
    assert findings(PLAIN, sql)[0].startswith("error")
    assert findings(PLAIN, sql, server="mariadb") == []


def test_an_older_mysql_has_md5() -> None:
    assert findings(PLAIN, "SELECT MD5('x') AS h") != []
    assert findings(PLAIN, "SELECT MD5('x') AS h", server="mysql-8") == []


def test_if_exists_in_alter_table_needs_mariadb() -> None:
    schema = f"{PLAIN} ALTER TABLE t DROP COLUMN IF EXISTS x;"
    assert schema_findings(schema) == ["error: MySQL has no IF EXISTS in ALTER TABLE"]
    assert schema_findings(schema, server="mariadb") == []


def test_a_sequence_is_named_and_exists() -> None:
    assert findings(SCHEMA, "SELECT NEXTVAL(accounts)") == []
    assert (
        columns(SCHEMA, "SELECT LASTVAL(numbers) AS n, SETVAL(numbers, 5) AS m") == "n int null, m int null"
    )
    assert parameters(SCHEMA, "SELECT SETVAL(numbers, :x)", ":many") == "x int"
    assert "unknown sequence 'nosuch'" in findings(SCHEMA, "SELECT NEXTVAL(nosuch)")[0]
    assert "NEXTVAL takes the name of a sequence" in findings(SCHEMA, "SELECT NEXTVAL(1)")[0]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT x FROM versions FOR SYSTEM_TIME ALL WHERE x = 1",
        "SELECT x FROM lone FOR SYSTEM_TIME ALL",
        "SELECT x FROM own FOR SYSTEM_TIME ALL WHERE x = 1",
        "SELECT COUNT(*) FROM versions FOR SYSTEM_TIME ALL WHERE x = 1 GROUP BY x, rs",
    ],
)
def test_the_history_of_a_table_has_a_row_several_times(sql: str) -> None:
    views = (
        "CREATE VIEW lone AS SELECT x FROM versions WHERE x = 1;"
        "CREATE VIEW own AS SELECT x FROM versions WHERE x > CONNECTION_ID();"
    )
    assert "can match many rows" in findings(SCHEMA + views, sql, ":one")[0]
    assert findings(SCHEMA + views, sql.replace(" FOR SYSTEM_TIME ALL", ""), ":one") == []


def test_the_key_of_a_table_determines_no_column_of_its_history() -> None:
    sql = "SELECT rs, COUNT(*) FROM versions FOR SYSTEM_TIME ALL GROUP BY x"
    assert "neither grouped by nor determined" in findings(SCHEMA, sql)[0]
    assert findings(SCHEMA, sql.replace(" FOR SYSTEM_TIME ALL", "")) == []


NUMBERS = """
CREATE TABLE n (i INT NOT NULL, u INT UNSIGNED NOT NULL, y YEAR NOT NULL, s VARCHAR(9) NOT NULL, d DATE NOT NULL,
  t DATETIME NOT NULL, e ENUM('a') NOT NULL, f SET('a') NOT NULL, b BLOB NOT NULL);
"""


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("COALESCE(u, 0)", "decimal"),
        ("IF(i, u, -1)", "decimal"),
        ("IF(i, u, NULL)", "int null"),
        ("CASE WHEN i THEN u ELSE NULL END", "decimal null"),
        ("IFNULL(y, i)", "decimal"),
        ("IFNULL(y, u)", "int"),
        ("COALESCE(u, :p)", "decimal"),
        ("COALESCE(y, :p)", "decimal"),
        ("NVL(u, LENGTH(s))", "decimal"),
        ("COALESCE(i, ROW_NUMBER() OVER (ORDER BY i))", "int"),
        ("COALESCE(i, YEAR(d))", "int"),
        ("LEAST(u, 100)", "decimal"),
        ("GREATEST(u, u + 1)", "int"),
        ("GREATEST(s, i)", "float"),
        ("GREATEST(e, 1)", "float"),
        ("GREATEST(s, d)", "date null"),
        ("GREATEST(d, t, s)", "datetime null"),
        ("GREATEST(d, :p)", "date"),
        ("e + 1", "int"),
        ("-f", "int"),
        ("SUM(e)", "decimal null"),
        ("ROUND(e)", "int"),
        ("e * 1.5", "decimal"),
        ("b & b", "int"),
        ("~b", "int"),
        ("b << 1", "int"),
        ("BIT_OR(b)", "int"),
        ("ADD_MONTHS(d, 1)", "date null"),
        ("ADD_MONTHS(t, 1)", "datetime null"),
        ("ADD_MONTHS(s, 1)", "string null"),
    ],
)
def test_a_result_has_the_type_of_mariadb(sql: str, expected: str) -> None:
    assert columns(NUMBERS, f"SELECT {sql} AS c FROM n", server="mariadb") == f"c {expected}"


@pytest.mark.parametrize("other", ["SELECT -1", "SELECT i FROM n", "SELECT LENGTH(s) FROM n", "SELECT NULL"])
def test_a_union_of_integers_of_which_some_have_a_sign_is_a_decimal(other: str) -> None:
    found = columns(NUMBERS, f"SELECT u FROM n UNION {other}", server="mariadb")
    assert found.removesuffix(" null") == "u decimal"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT COALESCE(id, 'none') AS c FROM accounts",
        "SELECT IF(n > 1, id, 'none') AS c FROM accounts",
        "SELECT id AS c FROM accounts UNION SELECT 'none'",
        "SELECT GREATEST(id, 'none') AS c FROM accounts",
    ],
)
def test_a_text_that_is_no_uuid_is_null_beside_one(sql: str) -> None:
    assert columns(SCHEMA, sql) == "c string null"


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("DELETE FROM accounts RETURNING *", "id string, n int null"),
        ("DELETE FROM accounts RETURNING id, n", "id string, n int null"),
        ("DELETE FROM accounts RETURNING (SELECT COUNT(*) FROM stays) AS c", "c int"),
        ("VALUES (1, 'a'), (NULL, 'b')", "column_0 int null, column_1 string"),
        ("SELECT * FROM (VALUES (1), (2)) AS v", "column_0 int"),
        ("SELECT n FROM accounts WHERE n IN (VALUES (1), (2))", "n int"),
        ("SELECT CAST(n AS INT) AS a, CAST(n AS VARCHAR(9)) AS b FROM accounts", "a int null, b string null"),
        ("SELECT CAST('::1' AS INET6) AS a, CAST(id AS UUID) AS b FROM accounts", "a string null, b string"),
        (
            "SELECT CAST('1.1.1.1' AS INET4) AS a, CAST('x' AS UUID) AS b FROM accounts",
            "a string null, b string null",
        ),
    ],
)
def test_syntax_that_only_mariadb_has_is_read(sql: str, expected: str) -> None:
    assert columns(SCHEMA, sql) == expected
    assert findings("CREATE TABLE accounts (id INT, n INT); CREATE TABLE stays (id INT);", sql) != []


def test_values_of_an_insert_are_no_rows() -> None:
    insert = "INSERT INTO accounts (id, n) VALUES (:id, 1)"
    assert findings(SCHEMA, f"{insert} ON DUPLICATE KEY UPDATE n = (VALUES(n) + 1)", ":exec") == []
    update = "n = (VALUES(n), VALUES(id)) IN ((1, 2), (3, 4))"
    assert findings(SCHEMA, f"{insert} ON DUPLICATE KEY UPDATE {update}", ":exec") == []
