"""Checks of named orders that need the catalogue: an order must decide between any two rows."""

from tools.sqlgen import syntax
from tools.sqlgen.catalog import Catalog
from tools.sqlgen.diagnostics import SqlError
from tools.sqlgen.lower.walk import walk
from tools.sqlgen.model import AnalysedQuery, NamedOrder
from tools.sqlgen.queryfile import QuerySource


def check_orders(
    source: QuerySource, statement: syntax.QueryStatement, query: AnalysedQuery, catalog: Catalog
) -> list[SqlError]:
    """An error for each order of a query with sqlc.after that does not contain a unique key."""
    if not any(isinstance(node, syntax.AfterMacro) for node, _ in walk(statement)):
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


def _is_unique(order: NamedOrder, query: AnalysedQuery, catalog: Catalog) -> bool:
    """Whether the order's columns contain a unique key; a column that is unknown has an error of its own."""
    columns = {column.name.lower(): column for column in query.order_columns}
    found = [columns.get(key.column.lower()) for key in order.keys]
    origins = [column.origin for column in found if column is not None and column.origin is not None]
    if len(origins) < len(order.keys):
        return any(column is None for column in found)  # an unknown column has its own error
    tables = {(origin.schema, origin.table) for origin in origins}
    for schema, name in tables:
        table = catalog.table(name, schema)
        names = {
            origin.column.lower() for origin in origins if (origin.schema, origin.table) == (schema, name)
        }
        if table and any(
            names.issuperset(column.lower() for column in key.columns) for key in table.unique_keys
        ):
            return True
    return False
