"""Columns whose ORDER BY disagrees with their comparison: an order of pages cannot have them."""

from tools.sqlgen.types.sql_type import SqlType, family

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
