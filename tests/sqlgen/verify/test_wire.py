"""Prepared statements: values survive the round trip, and descriptions are decoded."""

import datetime as dt
from decimal import Decimal

import pytest

from tools.sqlgen.verify import server
from tools.sqlgen.verify.scratch import scratch_database
from tools.sqlgen.verify.wire import Client, ServerError, Value

VALUES: list[tuple[str, Value]] = [
    ("BIGINT", -(2**63)),
    ("BIGINT UNSIGNED", 2**64 - 1),
    ("TINYINT", -128),
    ("SMALLINT UNSIGNED", 65535),
    ("MEDIUMINT", -(2**23)),
    ("INT", 7),
    ("YEAR", 2026),
    ("DOUBLE", -1.5e300),
    ("FLOAT", 0.25),
    ("DECIMAL(20,4)", Decimal("-1234567890.1234")),
    ("VARCHAR(300)", "ž" * 300),
    ("LONGTEXT", ""),
    ("VARBINARY(10)", b"\0\xff"),
    ("LONGBLOB", b"x" * 70_000),
    ("DATE", dt.date(9999, 12, 31)),
    ("DATETIME(6)", dt.datetime.fromisoformat("1000-01-01T00:00:00.000001")),
    ("DATETIME", dt.datetime.fromisoformat("2026-01-01T10:20:30")),
    ("TIMESTAMP NULL", dt.datetime.fromisoformat("2026-01-01T00:00:00")),
    ("TIME(6)", -dt.timedelta(hours=837, minutes=59, seconds=58, microseconds=5)),
    ("TIME", dt.timedelta()),
    ("JSON", '{"a": 1}'),
    ("ENUM('a','b')", "b"),
    ("SET('a','b')", "a,b"),
    ("INT", None),
]


@pytest.mark.parametrize(
    ("column", "value"), VALUES, ids=[f"{kind} {index}" for index, (kind, _) in enumerate(VALUES)]
)
def test_a_value_comes_back_as_it_was_sent(client: Client, column: str, value: Value) -> None:
    with scratch_database(client):
        client.query(f"CREATE TABLE t (x {column})")
        client.execute(client.prepare("INSERT INTO t VALUES (?)"), [value])
        rows = client.execute(client.prepare("SELECT x FROM t")).rows
    assert rows == [(value,)]
    assert type(rows[0][0]) is type(value)


def test_columns_and_parameters_have_the_classes_of_the_compiler(client: Client) -> None:
    described = server.describe(
        client, "SELECT 1 + ? AS a, CONCAT(?, 'x') AS b, NULL AS c, CAST(? AS DATE) AS d"
    )
    assert [column.name for column in described.columns] == ["a", "b", "c", "d"]
    assert [column.type_class for column in described.columns] == ["int", "string", "any", "date"]
    assert [parameter.type_class for parameter in described.parameters] == ["int", "string", "date"]


def test_tinyint_1_is_a_boolean_and_binary_text_is_bytes(client: Client) -> None:
    with scratch_database(client):
        client.query(
            "CREATE TABLE t (a TINYINT(1), b TINYINT, c BINARY(16), d CHAR(16), e BIT(3), f POINT, g TEXT)"
        )
        described = server.describe(client, "SELECT * FROM t")
    classes = [column.type_class for column in described.columns]
    assert classes == ["bool", "int", "bytes", "string", "bit", "geometry", "string"]


def test_a_refused_statement_leaves_the_connection_usable(client: Client) -> None:
    with pytest.raises(ServerError, match="syntax"):
        client.prepare("SELEC 1")
    assert client.execute(client.prepare("SELECT 1")).rows == [(1,)]


def test_a_url_of_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="not a MySQL URL"):
        Client("redis://localhost:1/0")
