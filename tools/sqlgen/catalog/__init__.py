"""The catalog: databases, tables, views, columns and keys after all migrations."""

from tools.sqlgen.catalog.model import (
    Catalog,
    Check,
    Column,
    Database,
    ForeignKey,
    Function,
    Key,
    KeyKind,
    Table,
    ViewColumns,
    ViewSource,
    column_of_result,
)

__all__ = [
    "Catalog",
    "Check",
    "Column",
    "Database",
    "ForeignKey",
    "Function",
    "Key",
    "KeyKind",
    "Table",
    "ViewColumns",
    "ViewSource",
    "column_of_result",
]
