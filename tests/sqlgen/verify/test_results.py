"""Rows disprove each kind of wrong claim, and no right one."""

from typing import Any

import pytest

from tools.sqlgen.ir.query import AnalysedQuery, Cardinality, ResultColumn
from tools.sqlgen.types.json_shape import JsonAny, JsonArray, JsonField, JsonObject, JsonScalar
from tools.sqlgen.types.sql_type import SqlType
from tools.sqlgen.verify.results import row_findings, shape_fault
from tools.sqlgen.verify.wire import Value


def query(
    kind: str = "INT", *, nullable: bool = False, cardinality: Cardinality = "many", **more: Any
) -> AnalysedQuery:
    column = ResultColumn("x", SqlType(kind, **more), nullable, 7, 8)
    return AnalysedQuery("select", (column,), (), cardinality)


def messages(analysed: AnalysedQuery, *values: Value) -> list[str]:
    return [finding.message for finding in row_findings(analysed, [(value,) for value in values], "here")]


def test_a_null_where_none_was_inferred_is_found() -> None:
    assert messages(query(), 1, None) == ["column 'x' is inferred not null, and was NULL here"]
    assert messages(query(nullable=True), 1, None) == []


@pytest.mark.parametrize(
    ("analysed", "value", "message"),
    [
        (query("INT"), "1", "column 'x' is inferred as int, and was '1' here"),
        (query("VARCHAR"), b"1", "column 'x' is inferred as string, and was b'1' here"),
        (query("TINYINT", is_bool=True), 2, "column 'x' is inferred as bool, and was 2 here"),
        (query("ENUM", values=("a",)), "z", "column 'x' is inferred as one of ('a',), and was 'z' here"),
    ],
)
def test_a_value_of_another_kind_is_found(analysed: AnalysedQuery, value: Value, message: str) -> None:
    assert messages(analysed, value) == [message]


def test_a_wrong_number_of_rows_is_found() -> None:
    assert messages(query(cardinality="one")) == ["exactly one row is inferred, and 0 came here"]
    assert messages(query(cardinality="zero_or_one"), 1, 2) == [
        "at most one row is inferred, and 2 came here"
    ]
    assert messages(query(cardinality="zero_or_one")) == []


ITEM = JsonObject(
    (JsonField("id", JsonScalar(SqlType("INT"), nullable=False)), JsonField("n", JsonAny(nullable=True)))
)


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ([{"id": 1, "n": None}], None),
        ([{"id": None, "n": None}], None),
        ([{"id": None, "n": 1}], "$[0].id is null"),
        ([{"id": "1", "n": 1}], "$[0].id is '1'"),
        ([{"id": 1}], "$[0] is {'id': 1}, not an object of ['id', 'n']"),
        ({}, "$ is {}, not an array"),
        (None, "$ is null"),
    ],
)
def test_json_of_another_shape_is_found(value: object, fault: str | None) -> None:
    assert shape_fault(JsonArray(ITEM, null_extended=("id", "n")), value) == fault
