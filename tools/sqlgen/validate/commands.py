"""Checks of a query's command and annotations against its statement."""

from collections.abc import Iterator, Sequence

from tools.sqlgen.diagnostics import SqlError
from tools.sqlgen.input.query_files import QuerySource
from tools.sqlgen.ir.query import AnalysedQuery
from tools.sqlgen.syntax import ast
from tools.sqlgen.syntax.visitor import walk
from tools.sqlgen.validate.pagination import order_difference

_WITH_ROWS = frozenset({":one", ":many", ":stream"})
_COUNTING = frozenset({":execrows", ":execresult", ":execlastid"})

OrderMacro = ast.OrderByMacro | ast.AfterMacro


def check_command(source: QuerySource, statement: ast.QueryStatement, query: AnalysedQuery) -> list[SqlError]:
    """All findings about the command and the annotations of one query."""
    macros = [node for node in walk(statement) if isinstance(node, OrderMacro)]
    return [
        *_rows(source, query),
        *_lastid(source, statement, query),
        *_copyfrom(source, statement, query),
        *_annotations(source, macros, query),
        *_cursors(source, macros, query),
    ]


def _at_command(source: QuerySource, message: str, hint: str | None = None) -> SqlError:
    return SqlError(message, source.command_start, source.command_end, hint)


def _rows(source: QuerySource, query: AnalysedQuery) -> Iterator[SqlError]:
    command = source.command
    if command in _WITH_ROWS and not query.columns:
        verb = query.kind.upper()
        if query.kind == "call":
            yield _at_command(
                source,
                f"{command} on CALL: what a procedure returns is not known",
                "use :exec, and a SELECT for rows",
            )
        else:
            yield _at_command(
                source, f"{command} on {verb}, which returns no rows", "use :exec, :execrows or :execresult"
            )
    if command in _COUNTING and query.columns:
        yield _at_command(
            source, f"{command} on a statement that returns rows and changes none", "use :many, :one or :exec"
        )


def check_cardinality(source: QuerySource, query: AnalysedQuery) -> SqlError | None:
    """:one on a query that can match many rows, of which one would be picked at random."""
    if source.command == ":one" and query.columns and query.cardinality == "many":
        return _at_command(
            source,
            f"query '{source.name}' is :one but can match many rows",
            "add LIMIT 1, compare all columns of a unique key, or use :many",
        )
    return None


def _lastid(source: QuerySource, statement: ast.QueryStatement, query: AnalysedQuery) -> Iterator[SqlError]:
    if source.command != ":execlastid":
        return
    sets_id = any(
        isinstance(node, ast.Call) and node.name.upper() == "LAST_INSERT_ID" and node.args
        for node in walk(statement)
    )
    makes_id = query.kind in {"insert", "replace"} or sets_id
    if not makes_id and not query.columns:
        yield _at_command(source, f":execlastid on {query.kind.upper()}, which makes no row", "use :execrows")


def _copyfrom(source: QuerySource, statement: ast.QueryStatement, query: AnalysedQuery) -> Iterator[SqlError]:
    if source.command != ":copyfrom":
        return
    if not isinstance(statement, ast.Insert) or len(statement.rows) != 1 or not statement.values_end:
        yield _at_command(
            source, ":copyfrom needs an INSERT with one row of VALUES", "INSERT INTO t (a, b) VALUES (:a, :b)"
        )
        return
    inside = (statement.values_start, statement.values_end)
    for parameter in query.parameters:
        outside = [use for use in parameter.uses if not inside[0] <= use[0] < inside[1]]
        if outside:
            yield SqlError(
                "a parameter outside of the row of VALUES",
                *outside[0],
                "the rest of a :copyfrom is the same for all rows",
            )
        elif parameter.is_slice or parameter.optional:
            yield SqlError("a row of :copyfrom takes single values", *parameter.uses[0])
    if not query.parameters:
        yield _at_command(
            source, ":copyfrom without parameters inserts the same row again and again", "use :exec"
        )


def _annotations(
    source: QuerySource, macros: Sequence[OrderMacro], query: AnalysedQuery
) -> Iterator[SqlError]:
    if source.row and (not query.columns or source.command in {":exec", *_COUNTING}):
        yield SqlError("a row name for a query without rows", source.row.start, source.row.end)
    if macros and not source.orders and not any(note.key == "order" for note in source.annotations):
        hint = "add lines like `-- order: newest created_at DESC, id DESC` under the name line"
        yield SqlError("a query with named orders lists none", macros[0].start, macros[0].end, hint)
    if macros and source.command == ":batch":
        yield _at_command(source, ":batch takes no named orders", "write the ORDER BY out, or use :many")
    if source.orders and not macros:
        note = next(note for note in source.annotations if note.key == "order")
        hint = "write ORDER BY sqlc.order_by(), or sqlc.order_by(alias)"
        yield SqlError("named orders that no ORDER BY uses", note.start, note.end, hint)


def _cursors(source: QuerySource, macros: Sequence[OrderMacro], query: AnalysedQuery) -> Iterator[SqlError]:
    """Check sqlc.after: it needs an order, whose columns the row has and that are never NULL."""
    after = next((node for node in macros if isinstance(node, ast.AfterMacro)), None)
    if after is None:
        return
    if not any(isinstance(node, ast.OrderByMacro) for node in macros):
        hint = "write ORDER BY sqlc.order_by(alias) in the query that sqlc.after filters"
        yield SqlError("sqlc.after without sqlc.order_by", after.start, after.end, hint)
    columns = {column.name.lower(): column for column in query.order_columns}
    for order in source.orders:
        for key in order.keys:
            column = columns.get(key.column.lower())
            if column is None:
                continue
            if column.nullable:
                hint = "no comparison finds the rows after a NULL; order by a column that is NOT NULL"
                yield SqlError(f"order column '{key.column}' can be NULL", key.start, key.end, hint)
            elif (difference := order_difference(column.type)) is not None:
                message, hint = difference
                yield SqlError(f"order column '{key.column}' {message}", key.start, key.end, hint)
            elif column.result is None:
                hint = "add it to the select list: the cursor is made from a row"
                yield SqlError(f"order column '{key.column}' is not in the result", key.start, key.end, hint)
            elif query.columns[column.result].nullable:
                yield SqlError(f"order column '{key.column}' can be NULL in the result", key.start, key.end)
