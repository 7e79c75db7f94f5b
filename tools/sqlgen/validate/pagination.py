"""Checks of named orders with the catalog: an order must decide between any two rows."""

from tools.sqlgen.catalog import Catalog
from tools.sqlgen.diagnostics import SqlError
from tools.sqlgen.input.query_files import NamedOrder, QuerySource
from tools.sqlgen.ir.query import AnalysedQuery
from tools.sqlgen.syntax import ast
from tools.sqlgen.syntax.visitor import walk
from tools.sqlgen.types.sql_type import SqlType, family


def check_orders(
    source: QuerySource, statement: ast.QueryStatement, query: AnalysedQuery, catalog: Catalog
) -> list[SqlError]:
    """Report each order of a query with sqlc.after that does not contain a unique key."""
    if not any(isinstance(node, ast.AfterMacro) for node in walk(statement)):
        return []
    return [
        SqlError(
            f"rows that are equal in the order '{order.name}' would be lost between two pages",
            order.keys[0].start,
            order.keys[-1].end,
            "end it in the columns of a unique key, like `id`",
        )
        for order in source.orders
        if order.keys and not _is_unique(order, query, catalog)
    ]


_DIFFERENCES: dict[str, tuple[str, str]] = {
    "enum": (
        "is an ENUM, which is sorted by its number and compared as text",
        "order by a number: a derived table with `column + 0 AS column_number`",
    ),
    "set": (
        "is a SET, which is sorted by its number and compared as text",
        "order by a number: a derived table with `column + 0 AS column_number`",
    ),
    "json": (
        "is JSON, which is not compared with a parameter as it is sorted",
        "order by a value in it: a derived table with `column->>'$.path' AS name`",
    ),
    "geometry": ("is a geometry, which has no order", "order by a number or a text"),
    "vector": ("is a VECTOR, which has no order", "order by a number or a text"),
}


def order_difference(column: SqlType) -> tuple[str, str] | None:
    """Return why pages over a column lose rows, and a hint; None if they do not.

    They do if ORDER BY and a comparison with the value that the client has disagree about the order of two rows.
    """
    if column.name == "FLOAT":
        return (
            "is a FLOAT, whose values the server sends rounded",
            "order by an exact number: a derived table with `CAST(column AS DOUBLE) AS name`",
        )
    if column.is_bool and column.name == "TINYINT":
        return (
            "is a TINYINT(1), of which the client knows only if it is 0",
            "order by `column <> 0 AS name` of a derived table, or declare the column as TINYINT",
        )
    return _DIFFERENCES.get(family(column))


def _is_unique(order: NamedOrder, query: AnalysedQuery, catalog: Catalog) -> bool:
    """True if the order's columns contain a unique key; an unknown column has an error of its own."""
    columns = {column.name.lower(): column for column in query.order_columns}
    found = [columns.get(key.column.lower()) for key in order.keys]
    source_columns = [
        column.source_column for column in found if column is not None and column.source_column is not None
    ]
    if any(column is None for column in found):
        return True  # an unknown column has its own error
    tables = {(source_column.schema, source_column.table) for source_column in source_columns}
    for schema, name in tables:
        table = catalog.table(name, schema)
        names = {
            source_column.column.lower()
            for source_column in source_columns
            if (source_column.schema, source_column.table) == (schema, name)
        }
        if table and any(
            names.issuperset(column.lower() for column in key.columns) for key in table.unique_keys
        ):
            return True
    return False
