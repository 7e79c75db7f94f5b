"""Query files: the queries of a file, with their names, commands and comments.

    -- name: list_products :many
    -- One page of products.
    -- order: newest created_at DESC, id DESC
    -- row: ProductRow
    SELECT ...

`# name: x :one` and `/* name: x :one */` are understood too.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import Literal, get_args

from msgspec import Struct
from msgspec.structs import replace

from tools.sqlgen.diagnostics import SqlError, did_you_mean
from tools.sqlgen.input.annotations import (
    QUERY_NAME,
    Annotation,
    NamedOrder,
    named_orders,
    read_annotations,
    single_row,
)
from tools.sqlgen.syntax.lexer import comment_spans, pieces, tokenize

Command = Literal[
    ":one", ":many", ":exec", ":execrows", ":execlastid", ":execresult", ":copyfrom", ":stream", ":batch",
]  # fmt: skip
COMMANDS: tuple[str, ...] = get_args(Command)

_NAME_LINE = re.compile(r"[ \t*]*name:[ \t]*(?P<rest>[^\n]*)")
_VERSION_COMMENT_START = re.compile(r"/\*M?![0-9]*\s*\Z")
_COMMENT_END = re.compile(r"\s*\*/")
_BLANKS = " \t\r\n\f\v\ufeff"
_WORD = re.compile(r"\S+")


class QuerySource(Struct, frozen=True):
    """One query of a file, with its errors."""

    name: str
    """As written; empty for a statement that has none."""
    command: str
    """As written; empty if it is missing."""
    start: int
    """The name line, or the statement without one."""
    end: int
    command_start: int
    command_end: int
    sql_start: int
    """The statement, from its first token to its last, without the `;`."""
    sql_end: int
    doc: tuple[str, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    orders: tuple[NamedOrder, ...] = ()
    row: Annotation | None = None
    errors: tuple[SqlError, ...] = ()


class _Header(Struct, frozen=True):
    comment_start: int
    comment_end: int
    rest_start: int
    rest: str


def read_queries(text: str) -> list[QuerySource]:
    """The queries of one file, in order, right or wrong."""
    comments = comment_spans(text)
    headers = [header for span in comments if (header := _header(text, *span))]
    queries: list[QuerySource] = []
    first = headers[0].comment_start if headers else len(text)
    queries += [_nameless(text, *span) for span in _statements(text, 0, first)]
    starts = [span[0] for span in comments]
    for index, header in enumerate(headers):
        end = headers[index + 1].comment_start if index + 1 < len(headers) else len(text)
        own = comments[bisect_left(starts, header.comment_end) : bisect_left(starts, end)]
        queries.append(_named(text, header, end, own))
    return mark_duplicates(queries)


def query_starts(text: str, start: int = 0, end: int | None = None) -> list[int]:
    """Return the offsets of the name lines in text[start:end], which divide the file into its queries."""
    return [span[0] for span in comment_spans(text, start, end) if _header(text, *span)]


def _header(text: str, start: int, end: int) -> _Header | None:
    """Return the name line of a comment; in a block comment it may be on any line."""
    body = start + (1 if text[start] == "#" else 2)
    for line in re.finditer(r"[^\n]+", text[body:end]):
        found = _NAME_LINE.match(line.group())
        if found:
            rest = found["rest"].removesuffix("*/").rstrip()
            return _Header(start, end, body + line.start() + found.start("rest"), rest)
        if line.group().strip(" \t*"):
            return None
    return None


def _statements(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The span of each statement, without semicolons, comments and blanks around it; empty ones are dropped."""
    found: list[tuple[int, int]] = []
    first = last = -1
    for kind, begin, stop in pieces(text, start, end):
        piece = text[begin:stop].strip(_BLANKS)
        if kind == "sql" and piece:
            at = text.index(piece[0], begin)
            first, last = (at if first < 0 else first), at + len(piece)
        elif kind == ";":
            found.append((first, last))
            first = last = -1
    return [span for span in (*found, (first, last)) if span[0] >= 0]


def _with_version_comment(text: str, start: int, end: int) -> tuple[int, int]:
    """Extend a span over the marks of a `/*! ... */` comment at its start or end; only its inside is tokenized."""
    opening = _VERSION_COMMENT_START.search(text, max(0, start - 64), start)
    closing = _COMMENT_END.match(text, end)
    return opening.start() if opening else start, closing.end() if closing else end


def _nameless(text: str, start: int, end: int) -> QuerySource:
    hint = "begin it with a line like `-- name: get_order :one`"
    if text.startswith("--", start):
        hint = "a comment needs a blank after --: write `-- name: get_order :one`"
    error = SqlError("statement without a name", *_first_token(text, start, end), hint)
    return QuerySource("", "", start, end, start, start, start, end, errors=(error,))


def _named(text: str, header: _Header, end: int, comments: list[tuple[int, int]]) -> QuerySource:
    errors: list[SqlError] = []
    name, command, command_start = _name_and_command(header, errors)
    statements = _statements(text, header.comment_end, end)
    sql_start = sql_end = header.comment_end
    if not statements:
        errors.append(SqlError(f"query '{name}' has no statement", header.comment_start, header.comment_end))
    else:
        sql_start, sql_end = _with_version_comment(text, *statements[0])
    errors += [_second_statement(text, name, statements, span) for span in statements[1:]]
    rest_end = header.rest_start + len(header.rest)
    below = [(s + (1 if text[s] == "#" else 2), e) for s, e in comments if e <= sql_start]
    doc, annotations = read_annotations(text, [(rest_end, header.comment_end), *below])
    row = single_row(annotations, errors)
    return QuerySource(
        name=name,
        command=command,
        start=header.comment_start,
        end=header.comment_end,
        command_start=command_start,
        command_end=command_start + len(command),
        sql_start=sql_start,
        sql_end=sql_end,
        doc=doc,
        annotations=annotations,
        orders=named_orders(annotations, errors),
        row=row,
        errors=tuple(errors),
    )


def _second_statement(
    text: str, name: str, statements: Sequence[tuple[int, int]], span: tuple[int, int]
) -> SqlError:
    hint = "give each statement a `-- name:` line of its own"
    if any(
        text.startswith("--name", token.start)
        for statement in statements
        for token in tokenize(text, *statement)
    ):
        hint = "a comment needs a blank after --: write `-- name:`"
    return SqlError(f"a second statement under the name '{name}'", *_first_token(text, *span), hint)


def _first_token(text: str, start: int, end: int) -> tuple[int, int]:
    token = tokenize(text, start, end)[0]
    return token.start, token.end


def _name_and_command(header: _Header, errors: list[SqlError]) -> tuple[str, str, int]:
    parts = [(found.group(), header.rest_start + found.start()) for found in _WORD.finditer(header.rest)]
    known = ", ".join(COMMANDS)
    if not parts or parts[0][0].startswith(":"):
        errors.append(SqlError("a name line without a name", header.comment_start, header.comment_end))
        parts.insert(0, ("", header.rest_start))
    name, name_start = parts[0]
    if name and not QUERY_NAME.fullmatch(name):
        errors.append(
            SqlError(
                f"'{name}' is no name for a query", name_start, name_start + len(name),
                "letters, digits and underscores, not a digit first",
            )
        )  # fmt: skip
    if len(parts) == 1:
        errors.append(
            SqlError(
                f"query '{name}' has no command", header.comment_start, header.comment_end, f"one of {known}"
            )
        )
        return name, "", header.comment_end
    command, start = parts[1]
    if command not in COMMANDS:
        hint = did_you_mean(command, COMMANDS) or f"one of {known}"
        errors.append(SqlError(f"unknown command '{command}'", start, start + len(command), hint))
    for word, word_start in parts[2:]:
        errors.append(SqlError(f"unexpected '{word}' after the command", word_start, word_start + len(word)))
    return name, command, start


def mark_duplicates(queries: Sequence[QuerySource]) -> list[QuerySource]:
    """Add an error to each query whose name an earlier one has."""
    seen: set[str] = set()
    result: list[QuerySource] = []
    for query in queries:
        if query.name and query.name in seen:
            error = SqlError(f"a second query '{query.name}' in this file", query.start, query.end)
            result.append(replace(query, errors=(*query.errors, error)))
        else:
            seen.add(query.name)
            result.append(query)
    return result
