"""A common table that nothing reads: MySQL does not resolve it, MariaDB does."""

import pytest

from tests.sqlgen.written import checked, columns, findings, parameters

SCHEMA = "CREATE TABLE t (id INT PRIMARY KEY, price INT);"


def test_mysql_gets_a_warning_and_mariadb_an_error() -> None:
    sql = "WITH u AS (SELECT prize FROM t) SELECT id FROM t"
    assert findings(SCHEMA, sql) == [
        "warning: unknown column 'prize' in the select list (MySQL does not check 'u', because nothing reads it)"
        " | did you mean 'price'?"
    ]
    assert columns(SCHEMA, sql) == "id int"
    assert findings(SCHEMA, sql, server="mariadb") == [
        "error: unknown column 'prize' in the select list | did you mean 'price'?"
    ]


def test_its_parameters_are_parameters_of_the_query() -> None:
    sql = "WITH u AS (SELECT id FROM t WHERE price = :n AND prize = 1) SELECT id FROM t WHERE id = :id"
    assert parameters(SCHEMA, sql) == "n int, id int"


@pytest.mark.parametrize(
    "inside",
    [
        "SELECT prize FROM t WHERE sqlc.optional(price = :n)",
        "SELECT prize FROM t WHERE price IN (sqlc.slice(n))",
        "SELECT sqlc.embed(x) FROM t",
    ],
)
def test_with_a_macro_it_is_checked(inside: str) -> None:
    found = checked(SCHEMA, f"WITH u AS ({inside}) SELECT id FROM t").errors
    assert "error" in {each.severity for each in found}
