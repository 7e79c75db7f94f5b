"""Messages for what other tools write, warnings of what only looks right, and proofs of ORs and CASE."""

import pytest

from tests.sqlgen.written import checked, columns, findings, parameters
from tools.sqlgen.input.query_files import read_queries

SCHEMA = (
    "CREATE TABLE t (id INT PRIMARY KEY, s ENUM('active','off'), q VARCHAR(9), n INT);"
    "CREATE TABLE r (id INT PRIMARY KEY, colour INT, flat BOOLEAN, n INT NOT NULL);"
    "CREATE PROCEDURE add_up(IN a INT, OUT b VARCHAR(10)) SET b = a;"
)


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("SELECT id FROM t WHERE id = $1", "write a parameter as ? or :name"),
        ("SELECT id FROM t WHERE id = %s", "%s is a placeholder of drivers"),
        ('SELECT id FROM "t"', "backticks"),
        ('SELECT id FROM t WHERE "Q" = 5', 'warning: "Q" is a text, and not the column of that name'),
        ("SELECT CAST(n AS NUMERIC) FROM t", "CAST cannot make NUMERIC | write DECIMAL"),
        ("SELECT id FROM t WHERE q LIKE '%:q%'", "warning: ':q' inside of a text is no parameter"),
        ("SELECT id FROM t WHERE q LIKE '%' || :q || '%'", "warning: || is OR in MySQL"),
        ("SELECT id FROM t WHERE s = 'actve'", "did you mean 'active'"),
        ("SELECT id FROM t WHERE s IN ('off', 'on')", "warning: 'on' is no member of the ENUM"),
        ("SELECT id FROM t WHERE id IN (:ids)", "sqlc.slice(ids)"),
        ("SELECT id FROM t WHERE :n IS NULL OR n = :n", "write sqlc.narg(n)"),
        ("SELECT id FROM t WHERE n <=> :n", "write sqlc.narg(n)"),
        ("SELECT id FROM t WHERE n = COALESCE(:n, n)", "write sqlc.narg(n)"),
        (
            "SELECT 1 FROM t, JSON_TABLE(no, '$' COLUMNS (x INT PATH '$')) j",
            "unknown column 'no' in JSON_TABLE",
        ),
        ("SELECT MD5(q) FROM t", "SHA2"),
        ("SELECT NVL(q, 'x') FROM t", "IFNULL"),
        ("SELECT STRING_AGG(q, ',') FROM t", "unknown function 'STRING_AGG' | write GROUP_CONCAT"),
        ("SELECT id FROM t WHERE id = ANY(:ids)", "write IN (sqlc.slice(name))"),
        (
            "SELECT id FROM t ORDER BY :by LIMIT 1",
            "warning: a parameter in ORDER BY is a value, and orders nothing",
        ),
        ("SELECT id FROM t QUALIFY ROW_NUMBER() OVER (ORDER BY id) = 1", "hypergraph optimizer"),
    ],
)
def test_a_query_gets_a_message_that_helps(sql: str, words: str) -> None:
    [found] = findings(SCHEMA, sql)
    assert words in found


@pytest.mark.parametrize("sql", ['SELECT id FROM t WHERE q = "x"', "SELECT id FROM t WHERE q = 'n'"])
def test_a_text_that_no_one_can_take_for_a_column_gets_no_message(sql: str) -> None:
    assert findings(SCHEMA, sql) == []


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("UPDATE t SET nosuch = 1", "unknown column 'nosuch' in SET"),
        (
            "DELETE FROM t USING r WHERE r.id = 1",
            "unknown table 't' in DELETE | its rows are found in the tables",
        ),
        ("MERGE INTO t USING r ON t.id = r.id WHEN MATCHED THEN DELETE", "ON DUPLICATE KEY UPDATE"),
        ("CALL add_up(1)", "takes 2 arguments, not 1"),
        ("CALL add_up(1, 2)", "OUT b takes a variable"),
        ("CALL ad_up(1, @x)", "did you mean 'add_up'"),
    ],
)
def test_a_statement_gets_a_message_that_helps(sql: str, words: str) -> None:
    [found] = findings(SCHEMA, sql, ":exec")
    assert words in found


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT id FROM t WHERE q LIKE '10:30%'",
        "SELECT id FROM t WHERE s = 'ACTIVE'",
        "SELECT id FROM t WHERE id IN (:id)",
        "SELECT id FROM t WHERE n = COALESCE(n, :n)",
        "SELECT id FROM t WHERE sqlc.narg(n) IS NULL OR n = sqlc.narg(n)",
        "SELECT id FROM t WHERE sqlc.Arg(a) = n OR id IN (sqlc.SLICE(b))",
        "SELECT /*+ SET_VAR(optimizer_switch='hypergraph_optimizer=on') */ id FROM t"
        " QUALIFY ROW_NUMBER() OVER (ORDER BY id) = 1",
    ],
)
def test_what_is_meant_gets_no_message(sql: str) -> None:
    assert findings(SCHEMA, sql) == []


def test_a_comment_without_a_blank_after_the_dashes_is_named() -> None:
    text = "-- name: a :one\nSELECT 1;\n--name: b :one\nSELECT 2;\n"
    [found] = read_queries(text)
    assert "needs a blank after --" in (found.errors[0].hint or "")


def test_arguments_of_a_procedure_have_the_types_of_its_head() -> None:
    assert parameters(SCHEMA, "CALL add_up(?, @x)") == "a int null"


def test_an_update_that_sets_the_last_id_returns_it() -> None:
    assert findings(SCHEMA, "UPDATE t SET n = LAST_INSERT_ID(n + 1)", ":execlastid") == []
    assert findings(SCHEMA, "UPDATE t SET n = n + 1", ":execlastid") != []


@pytest.mark.parametrize(
    "condition",
    [
        "r.colour IS NOT NULL OR r.flat = TRUE",
        "CASE WHEN r.flat THEN 1 ELSE NULL END > 0",
        "CASE WHEN t.n > 1 THEN r.colour END > 0",
        "IF(t.n, r.colour, NULL) > 1",
    ],
)
def test_a_condition_proves_that_the_outer_join_matched(condition: str) -> None:
    assert columns(SCHEMA, f"SELECT r.n FROM t LEFT JOIN r ON r.id = t.id WHERE {condition}") == "n int"


@pytest.mark.parametrize(
    "condition",
    ["r.colour IS NOT NULL OR t.n = 1", "CASE WHEN r.flat THEN 1 ELSE 2 END > 0", "IF(t.n, r.n, 1) > 0"],
)
def test_a_condition_that_an_unmatched_row_can_fulfil_proves_nothing(condition: str) -> None:
    assert columns(SCHEMA, f"SELECT r.n FROM t LEFT JOIN r ON r.id = t.id WHERE {condition}") == "n int null"


@pytest.mark.parametrize(
    ("expression", "nullable"),
    [
        ("CAST('2026-01-31' AS DATE)", False),
        ("CAST('2026-02-31' AS DATE)", True),
        ("DATE_ADD('2026-01-31', INTERVAL 1 DAY)", False),
        ("DATE '2026-01-31' + INTERVAL 1 MONTH", False),
        ("DATE '9998-01-31' + INTERVAL 900 YEAR", True),
    ],
)
def test_a_written_date_is_not_null(*, expression: str, nullable: bool) -> None:
    assert columns(SCHEMA, f"SELECT {expression} AS d").endswith(" null") == nullable


@pytest.mark.parametrize("count", [500, 2000])
def test_a_long_chain_compiles(count: int) -> None:
    chain = " OR ".join(f"id = {number}" for number in range(count))
    assert checked(SCHEMA, f"SELECT id FROM t WHERE {chain}").compiled is not None
    assert checked(SCHEMA, f"SELECT {'(' * count}1{')' * count} AS x").compiled is not None
