"""Named orders in SQL: the columns after ORDER BY, and the condition for the rows after a cursor."""

from tools.sqlgen.input.annotations import NamedOrder


def order_by_sql(order: NamedOrder, alias: str | None) -> str:
    """Return the columns of an order: "`p`.`price` ASC, `p`.`id` DESC" for the alias p."""
    return ", ".join(
        f"{_qualified(alias, key.column)} {'DESC' if key.descending else 'ASC'}" for key in order.keys
    )


def after_cursor_sql(order: NamedOrder, alias: str | None) -> tuple[str, tuple[int, ...]]:
    """Return the condition for the rows after a cursor, and for each `?` the index of its column in the order.

    For a DESC, b ASC the condition is `a <= ? AND (a < ? OR (a = ? AND b > ?))`. An index on (a, ...) serves the
    first comparison; the rest compares rows with equal values. The columns must never be NULL.
    """
    first = order.keys[0]
    column = _qualified(alias, first.column)
    comparison = "<" if first.descending else ">"
    if len(order.keys) == 1:
        return f"{column} {comparison} ?", (0,)
    rest, indexes = after_cursor_sql(NamedOrder(order.name, order.keys[1:]), alias)
    sql = f"{column} {comparison}= ? AND ({column} {comparison} ? OR ({column} = ? AND {rest}))"
    return sql, (0, 0, 0, *(index + 1 for index in indexes))


def quoted(name: str) -> str:
    """Return an identifier in backticks."""
    bare = name.strip("`")
    return f"`{bare.replace('`', '``')}`"


def _qualified(alias: str | None, column: str) -> str:
    return quoted(column) if alias is None else f"{quoted(alias)}.{quoted(column)}"
