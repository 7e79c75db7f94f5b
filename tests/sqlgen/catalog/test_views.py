"""A view keeps the columns of its creation."""

import pytest

from tests.sqlgen.written import columns, findings, schema_findings

TABLE = "CREATE TABLE t (a INT NOT NULL PRIMARY KEY, b VARCHAR(10));"
LATER = "ALTER TABLE t ADD COLUMN zz INT NOT NULL DEFAULT 3 FIRST;"


@pytest.mark.parametrize(
    "view",
    [
        "SELECT * FROM t",
        "SELECT x.* FROM t AS x",
        "SELECT * FROM (SELECT t.* FROM t) AS x",
        "WITH x AS (SELECT * FROM t) SELECT * FROM x",
        "TABLE t",
        "SELECT * FROM t UNION ALL SELECT * FROM t",
    ],
)
def test_a_star_means_the_columns_of_the_tables_when_the_view_is_created(view: str) -> None:
    schema = f"{TABLE} CREATE VIEW v AS {view}; {LATER}"
    assert columns(schema, "SELECT * FROM v") == "a int, b string null"


def test_a_view_on_a_view_and_a_view_of_a_replaced_table_keep_their_columns_too() -> None:
    schema = (
        f"{TABLE} CREATE VIEW v AS SELECT * FROM t; CREATE VIEW w AS SELECT v.*, 1 AS one FROM v; {LATER}"
    )
    again = "DROP TABLE t; CREATE TABLE t (c INT, b CHAR(3) NOT NULL, a BIGINT);"
    assert columns(schema, "SELECT * FROM w") == "a int, b string null, one int"
    assert columns(schema + again, "SELECT * FROM w") == "a int null, b string, one int"


def test_a_natural_join_compares_the_columns_of_the_creation() -> None:
    schema = (
        "CREATE TABLE t (a INT NOT NULL, b INT); CREATE TABLE u (a INT NOT NULL, c INT);"
        "CREATE VIEW v AS SELECT * FROM t NATURAL JOIN u; ALTER TABLE u ADD b INT;"
    )
    assert columns(schema, "SELECT * FROM v") == "a int, b int null, c int null"


def test_a_name_of_one_table_stays_its_own_when_another_table_gets_a_column_of_that_name() -> None:
    schema = (
        "CREATE TABLE t (a INT NOT NULL); CREATE TABLE u (c INT NOT NULL);"
        "CREATE VIEW v AS SELECT a, c FROM t JOIN u ON a = c; ALTER TABLE u ADD a INT;"
    )
    assert columns(schema, "SELECT * FROM v") == "a int, c int"


def test_a_view_whose_column_is_gone_is_an_error() -> None:
    found = schema_findings(f"{TABLE} CREATE VIEW v AS SELECT * FROM t; ALTER TABLE t DROP b;")
    assert found == ["error: unknown column 't.b' in the select list"]


def test_a_later_column_is_none_of_the_view() -> None:
    found = findings(f"{TABLE} CREATE VIEW v AS SELECT * FROM t; {LATER}", "SELECT zz FROM v")
    assert found[0].startswith("error: unknown column 'zz'")


def test_the_visibility_of_a_column_follows_alter_table() -> None:
    schema = (
        "CREATE TABLE t (a INT NOT NULL, b INT, c INT INVISIBLE, d INT INVISIBLE);"
        "ALTER TABLE t ALTER COLUMN b SET INVISIBLE; ALTER TABLE t ALTER c SET VISIBLE; ALTER TABLE t MODIFY d BIGINT;"
    )
    assert columns(schema, "SELECT * FROM t") == "a int, c int null, d int null"


def test_a_created_table_has_not_null_where_the_server_declares_it() -> None:
    schema = (
        "CREATE TABLE t (a INT NOT NULL, b VARCHAR(9));"
        "CREATE TABLE n AS SELECT a, a + 1 AS sum, a DIV 2 AS half, CONCAT('x', 'y') AS text,"
        " COALESCE(b, 'x') AS given,"
        " JSON_ARRAY() AS list, NOW() AS at, b FROM t WHERE b <> '';"
    )
    found = columns(schema, "SELECT * FROM n")
    assert found == (
        "a int, sum int, half int null, text string null, given string, list json null, at datetime, b string null"
    )


def test_a_column_of_using_is_still_one_column_after_its_tables_have_changed() -> None:
    schema = (
        f"{TABLE} CREATE TABLE u (a INT NOT NULL, c INT); CREATE VIEW v AS SELECT a, c FROM t RIGHT JOIN u USING (a);"
        " ALTER TABLE t ADD c INT;"
    )
    assert columns(schema, "SELECT * FROM v") == "a int, c int null"


def test_a_match_of_one_outer_join_of_a_view_says_nothing_about_its_other_outer_join() -> None:
    schema = (
        f"{TABLE} CREATE VIEW v AS SELECT x.a AS xa, y.a AS ya FROM t"
        " LEFT JOIN t AS x ON x.b = t.b LEFT JOIN t AS y ON y.a > t.a;"
    )
    assert columns(schema, "SELECT xa, ya FROM v WHERE xa IS NOT NULL") == "xa int, ya int null"


def test_queries_of_a_table_with_a_wrong_generated_column_are_checked_as_others() -> None:
    schema = "CREATE TABLE t (a INT NOT NULL, g INT AS (missing + a) NOT NULL);"
    assert schema_findings(schema) == ["error: unknown column 'missing' in generated column 'g'"]
    assert columns(schema, "SELECT a, g FROM t") == "a int, g int"


@pytest.mark.parametrize("key", ["missing", "a, missing"])
def test_queries_of_a_table_whose_key_names_no_column_are_checked_as_others(key: str) -> None:
    schema = f"CREATE TABLE t (a INT NOT NULL, UNIQUE ({key}));"
    assert len(schema_findings(schema)) == 1
    assert columns(schema, "SELECT a FROM t") == "a int"


def test_a_column_of_a_view_keeps_its_collation_for_a_comparison() -> None:
    schema = (
        "CREATE TABLE t (a INT NOT NULL, e VARCHAR(9) NOT NULL UNIQUE, c VARCHAR(9));"
        "CREATE VIEW v AS SELECT a, e FROM t;"
    )
    assert findings(schema, "SELECT c.c, v.e FROM v JOIN t c ON c.e = v.e GROUP BY v.e") == []
    assert findings(schema, "SELECT c.c FROM v JOIN t c ON c.e = v.e WHERE v.e = 'x'", ":one") == []


def test_a_view_that_is_not_merged_has_one_value_of_chance_for_each_row() -> None:
    schema = "CREATE TABLE t (a INT NOT NULL); CREATE VIEW v AS SELECT {} NULLIF(RAND(), 1) AS r FROM t;"
    sql = "SELECT r FROM v WHERE r IS NOT NULL"
    assert columns(schema.format("DISTINCT"), sql) == "r float"
    assert columns(schema.format(""), sql) == "r float null"


def test_values_of_one_execution_make_the_key_of_a_view_for_that_execution() -> None:
    schema = (
        "CREATE TABLE items (order_id INT NOT NULL, line INT NOT NULL, PRIMARY KEY (order_id, line));"
        "CREATE VIEW v AS SELECT line FROM items WHERE order_id = CONNECTION_ID();"
    )
    assert findings(schema, "SELECT line FROM v WHERE line = :x", ":one") == []


def test_a_text_of_a_view_that_is_made_of_numbers_has_the_collation_of_no_key() -> None:
    schema = (
        "CREATE TABLE t (a INT NOT NULL, e VARCHAR(9) NOT NULL UNIQUE);"
        "CREATE VIEW v AS SELECT UPPER(a) AS e FROM t LIMIT 1;"
    )
    assert "can match many rows" in findings(schema, "SELECT t.a FROM v JOIN t ON t.e = v.e", ":one")[0]
