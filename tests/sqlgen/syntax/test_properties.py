"""Properties of every text, tested by mutating real statements."""

import re
from itertools import pairwise
from pathlib import Path
from typing import cast

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sqlgen.syntax.tree import children, encoded, walk
from tools.sqlgen.diagnostics import SqlError
from tools.sqlgen.syntax import lexer
from tools.sqlgen.syntax.ast import ColumnRef, Node
from tools.sqlgen.syntax.parser import parse_query, parse_schema

FOLDER = Path(__file__).parent / "statements"
QUERIES = [
    each
    for name in ("expressions", "queries", "changes")
    for each in (FOLDER / f"{name}.sql").read_text(encoding="utf-8").split(";\n")
    if each.strip()
]
SCHEMAS = [each for each in (FOLDER / "schema.sql").read_text(encoding="utf-8").split(";\n") if each.strip()]
PIECES = sorted(
    {
        text[token.start : token.end]
        for text in QUERIES + SCHEMAS
        for token in lexer.tokenize(text)[:-1]
    }
    | set("'\"`#\\(),;.:@{\0€")
    | {"/*", "*/", "--", "/*!", "::"}
)  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn, sources: list[str]) -> str:
    text = draw(st.sampled_from(sources))
    for _ in range(draw(st.integers(0, 3))):
        position = draw(st.integers(0, len(text)))
        length = draw(st.integers(0, 12))
        text = text[:position] + draw(st.sampled_from(["", " ", *PIECES])) + text[position + length :]
    return text


def attempt(text: str) -> Node | SqlError:
    try:
        return parse_query(text)
    except SqlError as error:
        return error


def check_spans(node: Node, text: str) -> None:
    """Children lie inside their parents, and a column's span is the column as written."""
    assert 0 <= node.start <= node.end <= len(text)
    for child in children(node):
        assert node.start <= child.start, (text[node.start : node.end], text[child.start : child.end])
        assert child.end <= node.end, (text[node.start : node.end], text[child.start : child.end])
        check_spans(child, text)


def written(column: ColumnRef) -> str:
    return ".".join(each for each in (column.schema, column.table, column.column) if each is not None)


def check_columns(node: Node, text: str) -> None:
    for each in walk(node):
        if isinstance(each, ColumnRef):
            raw = re.sub(r"\s*(/\*.*?\*/)?\s*\.\s*", ".", text[each.start : each.end])
            assert raw.replace("``", "\0").replace("`", "").replace("\0", "`") == written(each)


@settings(max_examples=1500, deadline=None)
@given(mutated(QUERIES))
def test_a_query_is_parsed_or_refused_with_a_place_in_the_text(text: str) -> None:
    found = attempt(text)
    if isinstance(found, SqlError):
        assert 0 <= found.start <= found.end <= len(text)
        assert found.message
    else:
        check_spans(found, text)
        check_columns(found, text)


@settings(max_examples=800, deadline=None)
@given(st.lists(mutated(SCHEMAS), max_size=3))
def test_a_schema_yields_statements_and_errors_and_never_fails(texts: list[str]) -> None:
    text = ";\n".join(texts)
    previous = 0
    for found in parse_schema(text):
        assert previous <= found.start <= found.end <= len(text)
        if isinstance(found, Node):
            check_spans(found, text)
            previous = found.end


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_arbitrary_text_is_read_or_refused(text: str) -> None:
    tokens = lexer.tokenize(text)
    assert tokens[-1].kind == lexer.END
    assert all(left.end <= right.start for left, right in pairwise(tokens))
    found = attempt(text)
    assert 0 <= found.start <= found.end <= len(text)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(QUERIES), st.text(alphabet=" \n;a'(", max_size=20))
def test_the_text_around_a_span_does_not_change_the_tree_but_its_offsets(text: str, before: str) -> None:
    try:
        alone = parse_query(text)
    except SqlError:
        return
    shifted = parse_query(before + text + "'(", len(before), len(before) + len(text))
    assert encoded(_moved(shifted, -len(before))) == encoded(alone)


def _moved(node: Node, distance: int) -> Node:
    changes = {name: _moved_value(getattr(node, name), distance) for name in node.__struct_fields__}
    for name in ("start", "end", "name_end", "values_start", "values_end"):
        if name in changes and (name in {"start", "end"} or changes[name] != 0):
            changes[name] = getattr(node, name) + distance
    return msgspec.structs.replace(node, **changes)


def _moved_value(value: object, distance: int) -> object:
    if isinstance(value, Node):
        return _moved(value, distance)
    if isinstance(value, tuple):
        return tuple(_moved_value(each, distance) for each in cast("tuple[object, ...]", value))
    return value
