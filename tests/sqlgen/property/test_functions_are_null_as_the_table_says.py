"""Calls of every function: NULL comes only where the table allows it, on MariaDB too, and where it demands it.

SQLGEN_PROPERTY_SEED chooses other arguments, SQLGEN_CALLS the number of calls that the server accepts (default 300).
"""

import os
import random
from collections.abc import Iterator

import pytest

from tests.sqlgen.property.calls import COLUMNS, LITERALS, NOT_CALLED, statements
from tests.sqlgen.written import checked
from tools.sqlgen.functions.table import FUNCTIONS
from tools.sqlgen.verify.scratch import scratch_database
from tools.sqlgen.verify.wire import Client, ServerError

SEED = int(os.environ.get("SQLGEN_PROPERTY_SEED", "1"))
CALLS = int(os.environ.get("SQLGEN_CALLS", "300"))
_TYPES = (
    "INT", "TINYINT", "TINYINT UNSIGNED", "TINYINT(1)", "SMALLINT", "MEDIUMINT", "BIGINT", "BIGINT UNSIGNED",
    "DECIMAL(10, 2)", "DECIMAL(10, 2) UNSIGNED", "FLOAT", "DOUBLE", "CHAR(10)", "VARCHAR(50)", "TEXT", "BINARY(4)",
    "VARBINARY(10)", "BLOB", "ENUM('a', 'b')", "SET('a', 'b')", "DATE", "DATETIME", "DATETIME(3)", "TIMESTAMP", "TIME",
    "TIME(6)", "YEAR", "JSON", "JSON", "GEOMETRY", "POINT", "LINESTRING", "POLYGON",
)  # fmt: skip
SCHEMA = (
    "CREATE TABLE zoo ({}, nothing INT, no_text VARCHAR(9), no_date DATETIME, no_place GEOMETRY);".format(
        ", ".join(f"{name} {of} NOT NULL" for name, of in zip(COLUMNS, _TYPES, strict=True))
    )
)
_SHAPES = (
    "POINT({0}, 0), POINT(0, {0}), ST_GEOMFROMTEXT('LINESTRING(0 0, {0} 1)'),"
    " ST_GEOMFROMTEXT('POLYGON((0 0, 1 0, 1 1, 0 0))')"
)
ROWS = (
    "1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', '', '', '', 'a', '', '2026-01-01', '2026-01-01', '2026-01-01',"
    " '2026-01-01', '00:00:00', '00:00:00', 1901, 'null', '{}', " + _SHAPES.format(0),
    "2, -128, 255, 1, -32768, -8388608, -9223372036854775808, 18446744073709551615, -99999999.99, 99999999.99, -3e38,"
    " -1e308, 'abc', '2026-01-01', 'x y', X'FF00FE80', X'FF', X'80FF', 'b', 'a,b', '9999-12-31', '9999-12-31 23:59:59',"
    " '9999-12-31 23:59:59.999', '2037-12-31', '838:59:59', '-838:59:59', 2155, '{\"a\": 1}', '[1]', "
    + _SHAPES.format(180),
    "3, 5, 5, 5, 5, 5, 5, 5, 5, 5, 1e-30, 1e-60, '5', '5', '5', '5', '5', '5', 'a', 'b', '1000-01-01', '1000-01-01',"
    " '1000-01-01', '1970-01-02', '-838:59:59', '10:00:00.5', 2026, '\"5\"', '5', " + _SHAPES.format(5),
)


@pytest.fixture(scope="module")
def zoo(mysql_url: str) -> Iterator[Client]:
    client = Client(mysql_url)
    with scratch_database(client):
        client.query(SCHEMA)
        for row in ROWS:
            client.query(f"INSERT INTO zoo VALUES ({row}, NULL, NULL, NULL, NULL)")
        yield client
    client.close()


def test_a_function_gives_null_only_where_the_table_says_that_it_may(zoo: Client) -> None:
    if not zoo.is_mariadb:
        pytest.skip("another test compares every claim about a call with MySQL")
    names = sorted(FUNCTIONS.keys() - NOT_CALLED)
    wrong: list[str] = []
    compared = 0
    for _, sql in statements(random.Random(SEED), names):
        rows = _rows(zoo, sql)
        if rows is None:
            continue
        analysed = checked(SCHEMA, sql, server="mariadb").analysed
        if analysed is not None and not analysed.columns[0].nullable and None in rows:
            wrong.append(sql)
        compared += 1
        if compared >= CALLS:
            break
    assert wrong == []


def test_a_function_is_null_if_an_argument_is_that_the_table_calls_strict(zoo: Client) -> None:
    rng = random.Random(SEED)
    called: set[str] = set()
    wrong: list[str] = []
    for name, rule in FUNCTIONS.items():
        if rule.kind != "scalar" or name in NOT_CALLED:
            continue
        for count in range(max(rule.signature.least, 1), min(rule.signature.most or _MOST, _MOST) + 1):
            for strict in range(count):
                if rule.strict is not None and strict not in rule.strict:
                    continue
                arguments = [rng.choice((*COLUMNS, *LITERALS)) for _ in range(count)]
                arguments[strict] = rng.choice(("nothing", "no_text", "no_date", "no_place", "NULL"))
                sql = f"SELECT {name}({', '.join(arguments)}) FROM zoo"
                rows = _rows(zoo, sql)
                called.update([name] if rows else [])
                if any(value is not None for value in rows or ()):
                    wrong.append(sql)
    assert wrong == []
    assert len(called) > 100, "hardly any call was valid: the test would prove nothing"


_MOST = 3
"""Arguments of a call."""


def _rows(client: Client, sql: str) -> list[object] | None:
    """Return the values of a statement with one column; None if the server refuses it."""
    try:
        statement = client.prepare(sql)
    except ServerError:
        return None
    try:
        return [value for (value,) in client.execute(statement).rows]
    except ServerError:
        return None
    finally:
        client.release(statement)
