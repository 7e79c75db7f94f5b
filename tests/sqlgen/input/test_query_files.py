"""Query files: names, commands, comments, annotations, statements."""

import pytest

from tools.sqlgen.input.query_files import QuerySource, read_queries


def read_one(text: str) -> QuerySource:
    [query] = read_queries(text)
    return query


@pytest.mark.parametrize(
    "header",
    [
        "-- name: get_order :one",
        "# name: get_order :one",
        "/* name: get_order :one */",
        "/*\n * name: get_order :one\n */",
        "--   name:   get_order   :one  ",
    ],
)
def test_every_style_of_name_line_is_understood(header: str) -> None:
    text = f"{header}\nSELECT 1;\n"
    query = read_one(text)
    assert (query.name, query.command) == ("get_order", ":one")
    assert text[query.sql_start : query.sql_end] == "SELECT 1"
    assert text[query.command_start : query.command_end] == ":one"
    assert not query.errors


def test_the_comment_lines_under_the_name_line_are_the_docstring() -> None:
    query = read_one(
        "-- above\n-- name: a :one\n-- First.\n--\n--   indented\nSELECT 1 -- inside\n;-- after\n"
    )
    assert query.doc == ("First.", "", "  indented")


def test_a_block_comment_can_hold_name_and_docstring() -> None:
    query = read_one("/* name: a :one\n * First line.\n * order: newest id DESC\n */\nSELECT 1")
    assert query.doc == ("First line.",)
    assert query.orders[0].name == "newest"


def test_each_query_ends_where_the_next_begins_even_without_a_semicolon() -> None:
    text = "-- name: a :one\nSELECT 1\n-- name: b :exec\nDELETE FROM t;"
    assert [text[q.sql_start : q.sql_end] for q in read_queries(text)] == ["SELECT 1", "DELETE FROM t"]


def test_a_semicolon_or_name_line_inside_a_string_is_text() -> None:
    text = "-- name: a :one\nSELECT ';\n-- name: b :one\n';"
    query = read_one(text)
    assert text[query.sql_start : query.sql_end] == "SELECT ';\n-- name: b :one\n'"


def test_orders_are_read_with_their_places() -> None:
    text = "-- name: a :many\n-- order: cheap price ASC, `id`\n-- order: new created_at desc\nSELECT 1"
    query = read_one(text)
    assert not query.errors
    cheap, new = query.orders
    assert [(key.column, key.descending) for key in cheap.keys] == [("price", False), ("id", False)]
    assert [(key.column, key.descending) for key in new.keys] == [("created_at", True)]
    assert text[cheap.keys[0].start : cheap.keys[0].end] == "price"
    assert text[new.keys[0].start : new.keys[0].end] == "created_at"


def test_a_row_name_is_an_annotation_and_no_docstring() -> None:
    query = read_one("-- name: a :many\n-- Doc.\n-- row: ProductRow\nSELECT 1")
    assert query.row
    assert query.row.value == "ProductRow"
    assert query.doc == ("Doc.",)


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("-- name: a :mny\nSELECT 1", "unknown command ':mny'", "did you mean ':many'?"),
        ("-- name: a many\nSELECT 1", "unknown command 'many'", "did you mean ':many'?"),
        ("-- name: a\nSELECT 1", "query 'a' has no command", "one of :one, :many"),
        ("-- name: :one\nSELECT 1", "a name line without a name", None),
        ("-- name: get-order :one\nSELECT 1", "'get-order' is no name for a query", "letters, digits"),
        ("-- name: a :one\n", "query 'a' has no statement", None),
        ("-- name: a :one\nSELECT 1; SELECT 2;", "a second statement under the name 'a'", "`-- name:` line"),
        ("SELECT 1;", "statement without a name", "-- name: get_order :one"),
        ("-- name: a :one extra\nSELECT 1", "unexpected 'extra' after the command", None),
        (
            "-- name: a :many\n-- row: product row\nSELECT 1",
            "'product row' is no name for a row",
            "ProductRow",
        ),
        ("-- name: a :many\n-- order: price\nSELECT 1", "an order that cannot be read", "-- order: newest"),
        ("-- name: a :many\n-- order: x p.id\nSELECT 1", "'p.id' is no order column", "plain column name"),
        ("-- name: a :many\n-- order: x id\n-- order: x id\nSELECT 1", "a second order 'x'", None),
    ],
)
def test_a_wrong_query_says_what_is_wrong_with_it(text: str, message: str, hint: str | None) -> None:
    [error] = [error for query in read_queries(text) for error in query.errors]
    assert error.message == message
    assert error.hint is None if hint is None else hint in (error.hint or "")


def test_the_second_query_of_a_name_is_the_wrong_one() -> None:
    first, second = read_queries("-- name: a :one\nSELECT 1;\n-- name: a :one\nSELECT 2;")
    assert not first.errors
    assert second.errors[0].message == "a second query 'a' in this file"


def test_a_file_of_comments_has_no_queries() -> None:
    assert read_queries("-- nothing here\n/* or here */\n;;\n") == []
