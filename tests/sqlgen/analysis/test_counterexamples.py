"""Queries whose rows disprove a claim that looks right: each claim is left out, and the rows are a server's."""

from pathlib import Path

import pytest
from msgspec import Struct

from tests.sqlgen.written import checked
from tools.bench.sql.corpus import statements
from tools.sqlgen.ir.query import AnalysedQuery
from tools.sqlgen.syntax.server import Server
from tools.sqlgen.verify.scratch import scratch_database
from tools.sqlgen.verify.wire import Client

SCHEMA = Path(__file__).with_name("counterexamples.sql").read_text()
VERSIONS = """
CREATE TABLE versions (id INT NOT NULL PRIMARY KEY, n INT) WITH SYSTEM VERSIONING;
INSERT INTO versions (id, n) VALUES (1, 1);
UPDATE versions SET n = 2;
"""


class Example(Struct, frozen=True):
    sql: str
    servers: str = "mysql mariadb"
    """The servers whose rows disprove the claim."""


TWO_ROWS = [
    # A comparison in another collation than the key's.
    Example("SELECT id FROM texts WHERE exact = 'a' COLLATE utf8mb4_general_ci"),
    Example("SELECT id FROM texts WHERE exact IN ('a' COLLATE utf8mb4_general_ci)"),
    Example("SELECT id FROM texts WHERE (exact, 1) = ('a' COLLATE utf8mb4_general_ci, 1)"),
    Example("SELECT id FROM texts WHERE exact = CONCAT('a', '' COLLATE utf8mb4_general_ci)"),
    Example("SELECT id FROM texts WHERE letter = 'a' COLLATE utf8mb4_general_ci", "mariadb"),
    Example("SELECT id FROM texts WHERE latin = CAST('a' AS CHAR)"),
    Example("SELECT id FROM texts WHERE latin = CONVERT('a' USING utf8mb4)"),
    Example("SELECT id FROM texts WHERE latin = (SELECT MIN(title) FROM titles)"),
    Example("SELECT id FROM texts JOIN titles ON latin = title WHERE title = 'a'"),
    Example("SELECT id FROM texts JOIN titles ON old = title WHERE title = 'a'"),
    Example("SELECT id FROM texts JOIN titles ON latin = LOWER(title) WHERE title = 'a'"),
    Example("SELECT id FROM texts JOIN titles ON latin = IF(title > '', title, title) WHERE title = 'a'"),
    Example("SELECT title FROM converted JOIN titles ON name = title WHERE title = 'a'"),
    Example("SELECT title FROM converted JOIN titles ON later = title WHERE title = 'a'"),
    Example(
        "SELECT id FROM texts JOIN"
        " (SELECT title COLLATE utf8mb4_general_ci AS t FROM titles WHERE title = 'a') d ON exact = d.t"
    ),
    Example(
        "SELECT id FROM texts JOIN"
        " (SELECT title COLLATE utf8mb4_general_ci AS t FROM titles WHERE title = 'a' LIMIT 1) d ON exact = d.t"
    ),
    Example("SELECT name FROM copied WHERE name = 'a' COLLATE utf8mb4_general_ci"),
    # Texts that are equal, and not the same.
    Example("SELECT HEX(folded) AS h FROM texts WHERE folded = 'a' GROUP BY HEX(folded)"),
    Example("SELECT DISTINCT HEX(folded) AS h FROM texts WHERE folded = 'a'"),
    Example("SELECT DISTINCT BINARY folded AS b FROM texts WHERE folded = 'a'"),
    Example("SELECT DISTINCT LENGTH(padded) AS n FROM texts WHERE padded = 'a'"),
    Example("SELECT DISTINCT x.exact FROM texts x JOIN texts y ON x.exact = y.folded WHERE y.folded = 'a'"),
    Example(
        "SELECT DISTINCT d.h FROM texts t JOIN LATERAL (SELECT HEX(t.folded) AS h) d WHERE t.folded = 'a'",
        "mysql",
    ),
    Example(
        "SELECT DISTINCT u.id FROM texts t LEFT JOIN texts u ON u.id = 1 AND HEX(t.folded) = '61'"
        " WHERE t.folded = 'a'"
    ),
    # Values of different types, which are compared as dates or as DOUBLE.
    Example("SELECT id FROM numbers WHERE day_text = DATE '2020-01-01'"),
    Example("SELECT id FROM numbers WHERE day_text = CAST('2020-01-01' AS DATE)"),
    Example("SELECT id FROM numbers IGNORE INDEX (money) WHERE money = 9007199254740993e0", "mariadb"),
    Example("SELECT id FROM numbers IGNORE INDEX (bits) WHERE bits = 9007199254740993e0"),
    Example(
        "SELECT a.id FROM numbers b STRAIGHT_JOIN numbers a IGNORE INDEX (big) ON a.big = b.written"
        " WHERE b.id = 1",
        "mysql",
    ),
    Example(
        "SELECT a.id FROM numbers b STRAIGHT_JOIN numbers a IGNORE INDEX (money) ON a.money = b.written"
        " WHERE b.id = 1"
    ),
    Example(
        "SELECT a.id FROM numbers b STRAIGHT_JOIN numbers a IGNORE INDEX (moment) ON a.moment = b.moment_number"
        " WHERE b.id = 1",
        "mysql",
    ),
    # An expression that the server computes again for each row.
    Example(
        "SELECT DISTINCT d.x FROM few JOIN (SELECT RAND() AS x FROM few WHERE m = 1 AND n IS NULL) d", "mysql"
    ),
    Example("SELECT DISTINCT d.x FROM few JOIN (SELECT RAND() AS x FROM texts WHERE id = 1) d", "mysql"),
    Example("SELECT DISTINCT ROWNUM() AS r FROM few", "mariadb"),
    # One row in each of two tables that are read as one.
    Example("SELECT id FROM parts IGNORE INDEX (PRIMARY) WHERE id = 1"),
    # Several versions of one row.
    Example("SELECT n FROM versions FOR SYSTEM_TIME ALL WHERE id = 1", "mariadb"),
    Example(
        "SELECT n FROM versions FOR SYSTEM_TIME BETWEEN '2000-01-01' AND '2100-01-01' WHERE id = 1", "mariadb"
    ),
    Example(
        "SELECT n FROM versions FOR SYSTEM_TIME FROM '2000-01-01' TO '2100-01-01' WHERE id = 1", "mariadb"
    ),
]
NULL_IN_FIRST = [
    # A group of no rows is a row of EXISTS.
    Example("SELECT n FROM few WHERE EXISTS (SELECT (SELECT COUNT(x.n)) FROM none_yet x WHERE x.id = few.n)"),
    Example(
        "SELECT n FROM few WHERE 0 IN (SELECT (SELECT COUNT(x.n)) FROM none_yet x WHERE x.id = few.n)",
        "mysql",
    ),
    Example(
        "SELECT n FROM few WHERE EXISTS"
        " (SELECT 1 FROM none_yet x WHERE x.id = few.n WINDOW w AS (ORDER BY COUNT(*)))"
    ),
    Example("SELECT n FROM few WHERE EXISTS (SELECT COUNT(*) FROM none_yet x WHERE x.id = few.n)"),
    # JSON is compared as JSON, and divides as a number.
    Example("SELECT 5 / document AS q FROM numbers WHERE document <> 0", "mysql"),
    Example("SELECT 5 / document AS q FROM numbers WHERE document > 0", "mysql"),
    Example("SELECT 5 % document AS q FROM numbers WHERE document", "mysql"),
    Example("SELECT MOD(5, document) AS q FROM numbers WHERE document <> 0", "mysql"),
    # An expression that the server computes again each time.
    Example(
        "SELECT d.x FROM (SELECT NULLIF(FLOOR(RAND() * 2), 0) AS x FROM few a, few b, few c) d WHERE d.x IS NOT NULL",
        "mysql",
    ),
    Example(
        "SELECT x FROM (SELECT x FROM (SELECT NULLIF(FLOOR(RAND() * 2), 0) AS x FROM few a, few b, few c) d) e"
        " WHERE x > 0",
        "mysql",
    ),
    Example(
        "WITH d AS (SELECT NULLIF(FLOOR(RAND() * 2), 0) AS x FROM few a, few b, few c)"
        " SELECT x FROM d WHERE x IS NOT NULL",
        "mysql",
    ),
    Example("SELECT g.guess FROM guesses g, few a, few b WHERE g.guess IS NOT NULL", "mysql"),
    # A test for NULL that the server decides without the row.
    Example(
        "SELECT d.m FROM none_yet x RIGHT JOIN few f ON TRUE"
        " LEFT JOIN (SELECT m, m IS NULL AS unknown FROM few) d ON d.m = x.id WHERE d.unknown = 0",
        "mysql",
    ),
    Example(
        "SELECT d.m FROM few LEFT JOIN (SELECT m, IF(ISNULL(m), 1, 2) AS known FROM few) d ON d.m > 9"
        " WHERE d.known IS NOT NULL",
        "mysql",
    ),
    # A frame that begins or ends beyond the first or last date.
    Example(
        "SELECT MAX(day) OVER (ORDER BY day RANGE INTERVAL 9000 YEAR PRECEDING) AS d FROM numbers", "mysql"
    ),
    # An expression that is never NULL, in a total over it.
    Example("SELECT COALESCE(n, 3) AS x FROM few GROUP BY COALESCE(n, 3) WITH ROLLUP"),
    Example("SELECT COALESCE(n, 3) + 1 AS x FROM few GROUP BY n, COALESCE(n, 3) WITH ROLLUP", "mysql"),
    Example("SELECT (SELECT COALESCE(few.n, 3)) AS x FROM few GROUP BY COALESCE(n, 3) WITH ROLLUP"),
    # WITH ROLLUP of no rows, and functions that MySQL refuses to call so.
    Example("SELECT (SELECT COUNT(*) FROM none_yet GROUP BY n WITH ROLLUP LIMIT 1) AS c FROM few", "mariadb"),
    Example("SELECT UNIX_TIMESTAMP('9999-12-31') AS u", "mariadb"),
    Example("SELECT JSON_LENGTH('x') AS j", "mariadb"),
    Example("SELECT JSON_SET('x', '$.a', 1) AS j", "mariadb"),
    Example("SELECT ST_GEOMFROMTEXT('x') AS g", "mariadb"),
    Example("SELECT GREATEST(TIME '10:00:00', 'x') AS g", "mariadb"),
]

ONE_ROW = [
    Example("SELECT id FROM texts WHERE exact = :a"),
    Example("SELECT id FROM texts WHERE exact = UPPER(CONCAT(:a, 'b'))"),
    Example("SELECT id FROM texts WHERE exact = CASE WHEN :a THEN 'a' ELSE 'b' END"),
    Example("SELECT id FROM texts WHERE latin = 'a' AND exact = X'61'"),
    Example("SELECT x.id FROM texts x JOIN texts y ON x.exact = y.exact WHERE y.id = 1"),
    Example("SELECT x.id FROM texts x JOIN texts y ON x.exact = UPPER(y.exact) WHERE y.id = 1"),
    Example("SELECT x.id FROM texts x JOIN texts y ON x.exact = HEX(y.exact) AND x.id = y.id WHERE y.exact = 'a'"),
    Example("SELECT id FROM texts WHERE exact = (SELECT MAX(padded) FROM texts)"),
    Example("SELECT DISTINCT folded FROM texts WHERE folded = 'a'"),
    Example("SELECT folded FROM texts WHERE folded = 'a' GROUP BY folded"),
    Example("SELECT DISTINCT HEX(folded) AS h FROM texts WHERE id = 1"),
    Example("SELECT x.id FROM texts x JOIN (SELECT exact AS e FROM texts WHERE id = 1) d ON x.exact = d.e"),
    Example("SELECT x.id FROM texts x JOIN (SELECT exact AS e FROM texts UNION SELECT padded FROM texts) d"
            " ON x.exact = d.e WHERE d.e = 'a'"),
    Example("SELECT id FROM numbers WHERE big = 5 AND money = 5.5"),
    Example("SELECT id FROM numbers WHERE id = '5'"),
    Example("SELECT id FROM numbers WHERE moment = '2020-01-01'"),
    Example("SELECT id FROM numbers WHERE moment = CURRENT_DATE"),
    Example("SELECT DISTINCT zero FROM numbers WHERE zero = 0"),
    Example("SELECT a.id FROM numbers b JOIN numbers a ON a.big = b.money WHERE b.id = 1"),
    Example("SELECT n FROM versions FOR SYSTEM_TIME AS OF NOW() WHERE id = 1", "mariadb"),
]  # fmt: skip
NOT_NULL = [
    Example("SELECT n FROM few WHERE EXISTS (SELECT 1 FROM none_yet x WHERE x.id = few.n)"),
    Example("SELECT 5 / n AS q FROM few WHERE n <> 0"),
    Example(
        "SELECT d.x FROM (SELECT DISTINCT NULLIF(FLOOR(RAND() * 2), 0) AS x FROM few) d WHERE d.x IS NOT NULL"
    ),
    Example("SELECT SUM(m) OVER (ORDER BY m RANGE 1 PRECEDING) AS s FROM few"),
    Example("SELECT (SELECT COUNT(*) FROM none_yet GROUP BY n WITH ROLLUP LIMIT 1) AS c FROM few", "mysql"),
    Example("SELECT JSON_LENGTH(document) AS j FROM numbers", "mariadb"),
    Example("SELECT GREATEST(TIME '10:00:00', TIME '11:00:00') AS g", "mariadb"),
]


def _schema(server: Server) -> str:
    return SCHEMA + (VERSIONS if server == "mariadb" else "")


def _analysed(example: Example, server: Server) -> AnalysedQuery:
    found = checked(_schema(server), example.sql, server=server)
    assert [each.message for each in found.errors if each.severity == "error"] == []
    assert found.analysed is not None
    return found.analysed


def _server_of(example: Example) -> Server:
    return "mariadb" if example.servers == "mariadb" else "mysql"


@pytest.mark.parametrize("example", TWO_ROWS, ids=lambda each: each.sql)
def test_no_single_row_is_claimed_where_two_rows_can_come(example: Example) -> None:
    assert _analysed(example, _server_of(example)).cardinality == "many"


@pytest.mark.parametrize("example", NULL_IN_FIRST, ids=lambda each: each.sql)
def test_no_column_is_claimed_to_be_not_null_where_null_can_come(example: Example) -> None:
    assert _analysed(example, _server_of(example)).columns[0].nullable


@pytest.mark.parametrize("example", ONE_ROW, ids=lambda each: each.sql)
def test_a_single_row_is_claimed_where_the_values_are_compared_as_the_key_compares_them(
    example: Example,
) -> None:
    assert _analysed(example, _server_of(example)).cardinality == "zero_or_one"


@pytest.mark.parametrize("example", NOT_NULL, ids=lambda each: each.sql)
def test_a_column_stays_not_null_beside_the_counterexamples(example: Example) -> None:
    assert not _analysed(example, _server_of(example)).columns[0].nullable


def test_the_rows_of_a_server_disprove_the_claims(mysql_url: str) -> None:
    client = Client(mysql_url)
    server: Server = "mariadb" if client.is_mariadb else "mysql"
    with scratch_database(client):
        for statement in statements(_schema(server)):
            client.query(statement)
        single = [
            each.sql
            for each in TWO_ROWS
            if server in each.servers.split() and len(client.query(each.sql)) < 2
        ]
        filled = [
            each.sql
            for each in NULL_IN_FIRST
            if server in each.servers.split() and all(row[0] is not None for row in client.query(each.sql))
        ]
    client.close()
    assert (single, filled) == ([], [])
