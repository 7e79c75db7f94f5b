"""CREATE TABLE ... SELECT: a column is NOT NULL only where the server declares it so."""

import pytest

from tests.sqlgen.written import columns, project_of, schema_findings
from tools.sqlgen.syntax.server import Server
from tools.sqlgen.verify.scratch import scratch_database
from tools.sqlgen.verify.wire import Client

TABLE = "CREATE TABLE t (a INT NOT NULL, b VARCHAR(9), c VARCHAR(9) NOT NULL, d DATETIME NOT NULL, e DECIMAL(5, 2) NOT NULL)"
VIEW = "CREATE VIEW v AS SELECT a, MIN(c) AS c FROM t GROUP BY a"
ROWS = "FROM t AS t"
NOT_NULL = (
    "TRUE", "X'61'", "1.5", "1e0", "1", "'a'", "DATE '2020-01-01'", "a", "t.a",
    "a + 2", "a - 2", "a * 2", "a | 2", "a & 2", "a << 2", "a >> 2", "a ^ 2", "a = 2", "a <> 2", "a < 2", "a <= 2",
    "a > 2", "a >= 2", "a AND 2", "a OR 2", "a XOR 2", "a <=> 2", "b <=> 2", "-a", "NOT a", "~a", "!a", "+a",
    "CAST(c AS SIGNED)", "CAST(c AS UNSIGNED)", "CAST(c AS DECIMAL(5, 2))", "a IN (1, 2)", "a NOT IN (1, 2)",
    "a BETWEEN 1 AND 2", "c LIKE 'a'", "a IS NULL", "b IS NULL", "b IS TRUE", "EXISTS (SELECT 1)",
    "CASE WHEN a THEN 1 ELSE 2 END", "CASE a WHEN 1 THEN 1 ELSE 2 END", "COALESCE(b, 1)", "COALESCE(a, b)",
    "IFNULL(b, 1)", "IF(a, 1, 2)",
    "COERCIBILITY('a')", "COERCIBILITY(b)", "CONNECTION_ID()", "CURDATE()", "CURRENT_DATE", "CURRENT_TIME",
    "CURRENT_TIMESTAMP", "CURTIME()", "FOUND_ROWS()", "ISNULL(b)", "LAST_INSERT_ID()", "LOCALTIME", "LOCALTIMESTAMP",
    "NOW()", "PI()", "ROW_COUNT()", "SYSDATE()", "UTC_DATE()", "UTC_TIME()", "UTC_TIMESTAMP()", "UUID_SHORT()",
    "VERSION()", "ABS(a)", "ASCII(c)", "BIT_COUNT(a)", "CHARACTER_LENGTH(c)", "CHAR_LENGTH(c)", "CRC32(c)",
    "FIELD(c, 'x')", "FIND_IN_SET(c, 'x')", "GREATEST(a, 1)", "INSTR(c, 'a')", "INTERVAL(a, 1)", "IS_IPV4(c)",
    "LEAST(a, 1)", "LENGTH(c)", "LOCATE(c, 'x')", "OCTET_LENGTH(c)", "ORD(c)", "RAND()", "RAND(a)", "SIGN(a)",
    "SLEEP(0)", "STRCMP(c, 'x')",
)  # fmt: skip
NOT_NULL_IN_MYSQL = (
    "CAST(c AS DOUBLE)", "CAST(c AS FLOAT)", "c REGEXP 'a'", "c REGEXP c", "REGEXP_LIKE(c, 'x')", "ANY_VALUE(a)",
    "CASE WHEN b THEN 1 ELSE 2 END", "CASE b WHEN 1 THEN 1 ELSE 2 END", "CASE a WHEN b THEN 1 ELSE 2 END", "IF(b, 1, 2)",
    "CEIL(a)", "CEILING(a)", "FLOOR(a)", "ROUND(a)", "ROUND(e, 1)", "TRUNCATE(a, 1)", "UNIX_TIMESTAMP(d)",
    "COUNT(*) OVER ()", "BIT_AND(a) OVER ()", "CUME_DIST() OVER (ORDER BY a)", "DENSE_RANK() OVER (ORDER BY a)",
    "NTILE(2) OVER (ORDER BY a)", "PERCENT_RANK() OVER (ORDER BY a)", "RANK() OVER (ORDER BY a)",
    "ROW_NUMBER() OVER (ORDER BY a)", "COALESCE(UNIX_TIMESTAMP(d), a DIV 2)",
)  # fmt: skip
"""On MariaDB the server declares these as nullable, or the compiler leaves them so."""
NULLABLE = (
    "NULL", "b", "b + 2", "2 + b", "b = 2", "b AND 2", "a / 2", "a DIV 2", "a % 2", "a MOD 2", "BINARY c", "-b", "NOT b",
    "CAST(c AS CHAR)", "CAST(c AS BINARY)", "CAST(a AS DATE)", "CAST(d AS TIME)", "CAST(b AS SIGNED)", "a IN (1, b)",
    "b IN (1, 2)", "a IN (SELECT a FROM t)", "a NOT IN (SELECT a FROM t)", "a BETWEEN b AND 2", "a BETWEEN 1 AND b",
    "b BETWEEN 1 AND 2", "c LIKE b", "b LIKE 'a'", "b REGEXP 'a'", "c REGEXP b", "CASE WHEN a THEN 1 END",
    "CASE WHEN a THEN b ELSE 1 END", "CASE WHEN a THEN 1 ELSE b END", "COALESCE(b, b)", "IFNULL(b, b)", "IF(a, b, 2)",
    "IF(a, 1, b)", "NULLIF(a, 1)", "CONCAT('a', 'b')", "UPPER(c)", "ABS(b)", "GREATEST(a, b)", "CRC32(b)",
    "STRCMP(c, b)", "SLEEP(b)", "RAND(b)", "ROUND(a, b)", "a + INTERVAL 1 DAY", "@x",
    # an operand that is never NULL, but declared as nullable
    "(a DIV 2) + 2", "2 + (a DIV 2)", "(a DIV 2) IN (1, 2)", "a IN (1, a DIV 2)", "(a DIV 2) BETWEEN 1 AND 2",
    "a BETWEEN a DIV 2 AND 2", "a BETWEEN 1 AND a DIV 2", "UPPER(c) LIKE 'a'", "c LIKE UPPER(c)", "UPPER(c) REGEXP 'a'",
    "c REGEXP UPPER(c)", "CASE WHEN a THEN a DIV 2 ELSE 1 END", "CASE WHEN a THEN 1 ELSE a DIV 2 END",
    "COALESCE(a DIV 2, b)", "IF(a, a DIV 2, 2)", "IF(a, 1, a DIV 2)", "COALESCE(NULL, a DIV 2)",
)  # fmt: skip
BODIES = (
    ("SELECT MIN(a) AS r, COUNT(*) AS n, BIT_AND(a) AS a, BIT_OR(a) AS o, BIT_XOR(a) AS x FROM t", "N----"),
    ("SELECT y.a, x.a AS b, y.a + 1 AS s FROM t AS x LEFT JOIN t AS y ON y.b = x.b", "N-N"),
    ("SELECT COALESCE(y.a, x.a DIV 2) AS r FROM t AS x LEFT JOIN t AS y ON y.b = x.b", "N"),
    ("SELECT d.r FROM (SELECT MIN(a) AS r FROM t GROUP BY c) AS d", "N"),
    ("SELECT v.c FROM v", "N"),
    ("SELECT * FROM t", "-N---"),
    ("SELECT x.*, 1 AS one FROM t AS x", "-N----"),
    ("SELECT a FROM t GROUP BY a WITH ROLLUP", "N"),
    ("SELECT 1 AS r, a AS s FROM t UNION ALL SELECT a, b FROM t", "-N"),
    ("SELECT 1 AS r, b AS s FROM t UNION ALL SELECT a, 1 FROM t", "-N"),
    ("SELECT a DIV 2 AS r, 1 AS s FROM t UNION ALL SELECT 1, a DIV 2 FROM t", "NN"),
    ("SELECT 1 AS r, a AS s FROM t UNION ALL SELECT * FROM performance_schema.global_status", "NN"),
    ("SELECT a, 1 AS one FROM t GROUP BY a WITH ROLLUP", "NN"),
    ("(SELECT a FROM t) LIMIT 1", "-"),
    ("TABLE t", "NNNNN"),
)
"""Queries, with N for a column that is nullable in the created table."""


def declared(query: str, server: Server = "mysql") -> str:
    """One letter a column of a table that is created from a query: N where it is nullable, `-` where it is not."""
    schema = f"{TABLE};\n{VIEW};\nCREATE TABLE created AS {query};\n"
    found = project_of(schema, server=server).catalog.table("created")
    assert found is not None
    return "".join("N" if column.nullable else "-" for column in found.columns)


def listed(exprs: tuple[str, ...]) -> str:
    return f"SELECT {', '.join(f'{expr} AS r{index}' for index, expr in enumerate(exprs))} {ROWS}"


@pytest.mark.parametrize("server", ["mysql", "mariadb"])
def test_a_column_is_not_null_where_the_server_declares_it(server: Server) -> None:
    exprs = NOT_NULL + (NOT_NULL_IN_MYSQL if server == "mysql" else ())
    assert [
        expr for expr, flag in zip(exprs, declared(listed(exprs), server), strict=True) if flag != "-"
    ] == []


@pytest.mark.parametrize("expr", NOT_NULL_IN_MYSQL)
def test_mariadb_declares_by_rules_of_its_own(expr: str) -> None:
    if not expr.startswith(("ANY_VALUE", "REGEXP_LIKE")):
        assert declared(listed((expr,)), "mariadb") == "N"


def test_mariadb_declares_every_column_beside_a_window_as_nullable() -> None:
    assert declared("SELECT a, ROW_NUMBER() OVER (ORDER BY a) AS n FROM t", "mariadb") == "NN"


@pytest.mark.parametrize("server", ["mysql", "mariadb"])
def test_a_column_is_nullable_where_the_server_declares_it_so(server: Server) -> None:
    found = declared(listed(NULLABLE), server)
    assert [expr for expr, flag in zip(NULLABLE, found, strict=True) if flag != "N"] == []


@pytest.mark.parametrize(("query", "expected"), BODIES)
def test_the_columns_of_a_query_are_declared_as_its_parts_allow(query: str, expected: str) -> None:
    assert declared(query) == expected


def test_the_server_declares_each_column_that_the_compiler_takes_as_not_null(mysql_url: str) -> None:
    client = Client(mysql_url)
    server: Server = "mariadb" if client.is_mariadb else "mysql"
    queries = [
        listed(NOT_NULL),
        *([] if client.is_mariadb else [listed(NOT_NULL_IN_MYSQL), *(query for query, _ in BODIES)]),
        listed(NULLABLE),
    ]
    wrong: list[str] = []
    with scratch_database(client):
        client.query(TABLE)
        client.query(VIEW)
        for query in queries:
            client.query(f"CREATE TABLE created AS {query}")
            rows = client.query(
                "SELECT is_nullable FROM information_schema.columns"
                " WHERE table_schema = DATABASE() AND table_name = 'created' ORDER BY ordinal_position"
            )
            found = "".join("N" if row[0] == "YES" else "-" for row in rows)
            claims = zip(declared(query, server), found, strict=True)
            wrong.extend(f"{index} of {query}" for index, claim in enumerate(claims) if claim == ("-", "N"))
            client.query("DROP TABLE created")
    client.close()
    assert wrong == []


def test_a_created_table_has_distinct_names_and_no_warning_of_its_query() -> None:
    assert schema_findings(f"{TABLE}; CREATE TABLE u AS SELECT 1 AS a, 2 AS a;") == [
        "error: duplicate column name 'a'"
    ]
    assert (
        schema_findings(
            "CREATE TABLE e (s ENUM('x') NOT NULL); CREATE TABLE u AS SELECT s = 'y' AS r FROM e;"
        )
        == []
    )


def test_a_column_that_the_server_declares_not_null_may_be_null_of_no_rows() -> None:
    schema = f"{TABLE}; CREATE TABLE u AS SELECT ANY_VALUE(a) AS x, COUNT(*) AS n FROM t;"
    assert columns(schema, "SELECT * FROM u") == "x int null, n int"
