"""Result columns that the generated code could not decode are refused."""

import pytest

from tests.sqlgen.written import columns, findings

SCHEMA = """
CREATE TABLE t (id INT NOT NULL PRIMARY KEY, flag BIT(1) NOT NULL, five BIT(5) NOT NULL, six BIT(6) NOT NULL,
  word BIT(16) NOT NULL, code BINARY(2) NOT NULL);
CREATE VIEW v AS SELECT id, COALESCE(word, word) AS w FROM t;
"""
COMPUTED = "as bits or as digits"
NO_JSON = "which is no JSON"


def refusal(sql: str, server: str) -> str:
    return " ".join(findings(SCHEMA, sql, server=server))


@pytest.mark.parametrize(
    "call", ["COALESCE(six)", "IFNULL(word, word)", "GREATEST(word, six)", "ANY_VALUE(word)"]
)
def test_mysql_sends_the_digits_of_a_bit_that_these_functions_return(call: str) -> None:
    assert COMPUTED in refusal(f"SELECT {call} AS x FROM t", "mysql")
    assert COMPUTED in refusal(f"SELECT x FROM (SELECT {call} AS x FROM t) AS d", "mysql")
    assert COMPUTED in refusal(f"SELECT CASE WHEN id > 1 THEN word ELSE {call} END AS x FROM t", "mysql")
    assert COMPUTED in refusal(
        f"SELECT JSON_ARRAYAGG(JSON_OBJECT('x', {call})) AS x FROM t GROUP BY id", "mysql"
    )
    assert refusal(f"SELECT {call} + 0 AS x FROM t", "mysql") == ""


def test_a_view_of_a_computed_bit_has_it_too_and_a_table_made_from_it_has_bits() -> None:
    assert COMPUTED in refusal("SELECT w FROM v", "mysql")
    assert findings(f"{SCHEMA} CREATE TABLE copy AS SELECT * FROM v;", "SELECT w FROM copy") == []


@pytest.mark.parametrize(
    "sql", ["COALESCE(flag)", "GREATEST(five, flag)", "MAX(word)", "IF(id, word, NULL)", "word"]
)
def test_mysql_sends_bits_that_can_be_told_from_digits(sql: str) -> None:
    assert columns(SCHEMA, f"SELECT {sql} AS x FROM t GROUP BY id", server="mysql").startswith("x bit")


@pytest.mark.parametrize("sql", ["IF(id > 1, flag, 0)", "CASE WHEN id > 1 THEN 2.5 ELSE flag END"])
def test_mysql_sends_a_bit_as_a_decimal_where_a_number_is_the_other_branch(sql: str) -> None:
    assert COMPUTED in refusal(f"SELECT {sql} AS x FROM t", "mysql")
    assert refusal(f"SELECT {sql} AS x FROM t", "mariadb") == ""
    assert refusal(f"SELECT SUM({sql}) AS x FROM t", "mysql") == ""


@pytest.mark.parametrize("sql", ["MAX(word)", "(SELECT word)", "NULLIF(word, 1)", "COALESCE(word)"])
def test_mariadb_sends_the_digits_of_every_computed_bit(sql: str) -> None:
    assert COMPUTED in refusal(f"SELECT {sql} AS x FROM t GROUP BY id", "mariadb")
    assert refusal(f"SELECT {sql.replace('word', 'five')} AS x FROM t GROUP BY id", "mariadb") == ""


def test_mariadb_sends_bits_of_columns_and_of_window_functions() -> None:
    assert refusal("SELECT word, FIRST_VALUE(word) OVER (ORDER BY id) AS f FROM t", "mariadb") == ""


def test_mariadb_makes_a_text_of_a_bit_beside_a_number_in_a_union() -> None:
    sql = "SELECT flag FROM t UNION ALL SELECT 12"
    assert COMPUTED in refusal(sql, "mariadb")
    assert refusal(sql, "mysql") == ""
    assert refusal("SELECT flag FROM t UNION ALL SELECT word FROM t", "mariadb") == ""


@pytest.mark.parametrize("column", ["flag", "code"])
def test_mariadb_writes_binary_values_into_json_as_they_are(column: str) -> None:
    sql = f"SELECT JSON_ARRAYAGG(JSON_OBJECT('x', JSON_ARRAY({column}, id))) AS x FROM t"
    assert NO_JSON in refusal(sql, "mariadb")
    assert refusal(sql, "mysql") == ""
    assert refusal(sql.replace(column, f"HEX({column})"), "mariadb") == ""


@pytest.mark.parametrize(
    ("sql", "written"),
    [
        ("COALESCE(day, :x)", "DATE"),
        ("IF(id > 1, day, :x)", "DATE"),
        ("CASE WHEN id > 1 THEN moment ELSE :x END", "DATETIME(6)"),
        ("COALESCE(hour, :x)", "TIME"),
        ("MAX(COALESCE(day, :x))", "DATE"),
        ("LAG(day, 1, :x) OVER (ORDER BY id)", "DATE"),
        ("DATE_ADD(:x, INTERVAL 1 DAY)", "DATE"),
        (":x + INTERVAL 1 HOUR", "DATETIME"),
        ("(SELECT NULLIF(:x, day))", "DATE"),
    ],
)
def test_a_date_that_the_caller_gives_needs_its_type_in_the_sql(sql: str, written: str) -> None:
    schema = "CREATE TABLE d (id INT PRIMARY KEY, day DATE, moment DATETIME(6), hour TIME);"
    hint = f"CAST(:name AS {written})"
    assert hint in " ".join(findings(schema, f"SELECT {sql} AS c FROM d GROUP BY id"))
    assert hint in " ".join(findings(schema, f"SELECT c FROM (SELECT {sql} AS c FROM d GROUP BY id) AS x"))
    typed = sql.replace(":x", f"CAST(:x AS {written})")
    assert findings(schema, f"SELECT {typed} AS c FROM d GROUP BY id") == []
    assert findings(schema, f"SELECT id FROM d WHERE COALESCE(day, :x) > NOW() AND {day_of(sql)}") == []


def day_of(sql: str) -> str:
    """A condition with the expression, or one without it where no aggregate or window is allowed."""
    return "id" if "MAX" in sql or "OVER" in sql else f"{sql} IS NOT NULL"
