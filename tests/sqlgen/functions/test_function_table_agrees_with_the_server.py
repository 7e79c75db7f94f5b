"""Random calls of every function in the table: the server accepts them, and its types and NULLs are as claimed.

SQLGEN_FUNCTIONS_SEED chooses other calls (default 1), SQLGEN_FUNCTIONS_CALLS how many (default 2500).
"""

import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sqlgen.analysis.reading import catalog
from tools.sqlgen.analysis import analyse
from tools.sqlgen.functions.rules import Rule
from tools.sqlgen.functions.table import FUNCTIONS
from tools.sqlgen.syntax.parser import parse_query
from tools.sqlgen.types.sql_type import family
from tools.sqlgen.verify import wire
from tools.sqlgen.verify.wire import Client, Definition, ServerError

SEED = int(os.environ.get("SQLGEN_FUNCTIONS_SEED", "1"))
CALLS = int(os.environ.get("SQLGEN_FUNCTIONS_CALLS", "2500"))
SCHEMA = Path(__file__).with_name("functions.sql")
DATABASE = f"analysis_functions_{os.getpid()}"

NOT_CALLED = frozenset(
    [
        "SLEEP",
        "BENCHMARK",
        "GET_LOCK",
        "RELEASE_LOCK",
        "RELEASE_ALL_LOCKS",
        "MASTER_POS_WAIT",
        "SOURCE_POS_WAIT",
        "DEFAULT",
        "GROUPING",
        "WAIT_FOR_EXECUTED_GTID_SET",
        "WAIT_UNTIL_SQL_THREAD_AFTER_GTIDS",
        "NAME_CONST",
        "EXTRACT",
        "GET_FORMAT",
        "ETAG",
        "LOAD_FILE",
        "STATEMENT_DIGEST_TEXT",
        "TO_VECTOR",
        "STRING_TO_VECTOR",
        "JSON_SCHEMA_VALID",
        "JSON_SCHEMA_VALIDATION_REPORT",
    ]
)
"""They wait, need special syntax or files, or fold constants to other types."""

ARGUMENTS = {
    "s": ("vc", "nvc", "c", "tx", "e", "vb", "i", "dt", "'abc'", "''", "'2020-01-01'", "NULL", "j", "de", "bl"),
    "i": ("i", "ni", "iu", "bu", "ti", "1", "0", "-1", "2", "NULL", "de", "vc", "b", "10"),
    "n": ("i", "ni", "de", "nde", "d", "bu", "1.5", "0", "NULL", "vc"),
    "f": ("i", "ni", "de", "d", "nd", "f", "0", "1", "-1", "vc", "NULL", "0.5"),
    "d": ("dt", "dm", "ndm", "vc", "'2020-01-01'", "nvc", "NULL", "i", "tm"),
    "m": ("dt", "dm", "ndm", "vc", "'2020-01-01 10:00:00'", "tm", "NULL", "i"),
    "t": ("tm", "dm", "dt", "vc", "'10:00:00'", "NULL"),
    "j": ("j", "nj", "'{}'", "'[1, 2]'", "'null'", "NULL"),
    "b": ("vb", "b16", "bl", "x'00'", "vc", "NULL"),
    "g": ("g", "ng", "NULL", "POINT(1, 1)"),
    "v": ("NULL",),
    "a": ("i", "ni", "vc", "dt", "de", "j", "b", "1", "'a'", "NULL", "d", "e", "vb"),
    "c": ("b", "i", "ni", "i = 1", "ni > 1", "NULL"),
    "u": ("DAY", "HOUR", "YEAR", "SECOND", "MICROSECOND", "MONTH"),
    "p": ("i", "ni", "vc", "nvc", "dt", "dm", "de", "d", "f", "b", "e", "bu", "iu", "ti", "tm", "j", "nj", "1", "0",
          "'a'", "NULL", "1.5", "vb", "tx", "1e0"),
}  # fmt: skip
STEPS = ("1", "i", "ni", "0", "-1", "1000000")
UNITS = ("DAY", "HOUR", "MONTH", "SECOND", "MICROSECOND", "YEAR")


@pytest.fixture(scope="module")
def server(modern_server_url: str) -> Iterator[Client]:
    admin = Client(modern_server_url, database="")
    admin.query(f"CREATE DATABASE `{DATABASE}`")
    client = Client(modern_server_url, database=DATABASE)
    for statement in SCHEMA.read_text().split(";\n"):
        if statement.strip():
            client.query(statement)
    yield client
    client.close()
    admin.query(f"DROP DATABASE `{DATABASE}`")
    admin.close()


def argument(draw: random.Random, name: str, letter: str, index: int) -> str:
    if letter == "p" and name in {"DATE_ADD", "DATE_SUB", "ADDDATE", "SUBDATE"}:
        return f"INTERVAL {draw.choice(STEPS)} {draw.choice(UNITS)}"
    if (
        letter == "s"
        and name.startswith("JSON_")
        and name not in {"JSON_QUOTE", "JSON_UNQUOTE", "JSON_OBJECT"}
    ):
        if index == 1 and name in {"JSON_SEARCH", "JSON_CONTAINS_PATH"}:
            return draw.choice(("'one'", "'all'"))
        if index == 1 and name == "JSON_CONTAINS":
            return draw.choice(("'1'", "j", "nj"))
        return draw.choice(("'$'", "'$.a'", "'$[0]'", "NULL"))
    return draw.choice(ARGUMENTS[letter])


def call(draw: random.Random, name: str, rule: Rule) -> str | None:
    sig = rule.signature
    most = sig.most if sig.most is not None else sig.least + draw.choice((0, 1, 2, sig.repeat))
    count = draw.randint(sig.least, max(most, sig.least))
    if not sig.accepts(count) or (name == "JSON_SEARCH" and count > 3):
        return None
    args = ", ".join(argument(draw, name, sig.letter(index), index) for index in range(count))
    tail, over = "", ""
    if rule.kind == "window":
        over = " OVER (ORDER BY id)"
    elif rule.kind == "aggregate":
        tail = draw.choice(("", " GROUP BY id", " WHERE FALSE", " WHERE ni IS NOT NULL GROUP BY id"))
    else:
        tail = f" WHERE id = {draw.randint(1, 3)}"
    return f"SELECT {name}({args}){over} AS r FROM f{tail}"


SERVER_KINDS = {
    **dict.fromkeys((wire.TINY, wire.SHORT, wire.LONG, wire.INT24, wire.LONGLONG, wire.YEAR), "int"),
    **dict.fromkeys((wire.FLOAT, wire.DOUBLE), "float"),
    **dict.fromkeys((wire.DATETIME, wire.TIMESTAMP), "datetime"),
    wire.NEWDECIMAL: "decimal",
    wire.DATE: "date",
    wire.TIME: "time",
    wire.JSON: "json",
    wire.BIT: "bit",
    wire.GEOMETRY: "geometry",
    wire.NULL: "null",
}


def server_kind(column: Definition) -> str:
    return SERVER_KINDS.get(column.type_code) or (
        "bytes" if column.charset == wire.BINARY_CHARSET else "string"
    )


def disagreement(client: Client, sql: str) -> str | None:
    try:
        statement = client.prepare(sql)
    except ServerError:
        return None
    try:
        query, findings = analyse(parse_query(sql), catalog(SCHEMA), sql)
        if query is None:
            return f"refused: {findings[0].message}"
        ours = {"year": "int", "enum": "string", "set": "string"}.get(
            family(query.columns[0].type)
        ) or family(query.columns[0].type)
        if ours != server_kind(statement.columns[0]):
            return f"is {ours}, the server says {server_kind(statement.columns[0])}"
        try:
            rows = client.execute(statement).rows
        except ServerError:
            return None
        if not query.columns[0].nullable and any(row[0] is None for row in rows):
            return "said to be not NULL, and is NULL"
        return None
    finally:
        client.release(statement)


def test_calls_of_every_function_are_as_the_table_says(server: Client) -> None:
    draw = random.Random(SEED)
    names = sorted(set(FUNCTIONS) - NOT_CALLED)
    faults: list[str] = []
    for number in range(CALLS):
        sql = call(draw, names[number % len(names)], FUNCTIONS[names[number % len(names)]])
        if sql is not None and (found := disagreement(server, sql)) is not None:
            faults.append(f"{sql}\n    {found}")
    assert not faults, "\n".join(faults)
