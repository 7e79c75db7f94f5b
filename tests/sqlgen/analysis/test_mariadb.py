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
        ("SELECT MAX(id) AS m, COALESCE(id, 'x') AS c FROM accounts GROUP BY id", "m string, c string"),
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
