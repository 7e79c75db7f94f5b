"""The catalog: databases, tables, views, columns and keys after all migrations."""

from tools.sqlgen.catalog.model import (
    BindView,
    Catalog,
    Check,
    Column,
    Database,
    ForeignKey,
    Function,
    Key,
    KeyKind,
    Procedure,
    ProcedureParameter,
    Table,
    ViewColumns,
    ViewSource,
    column_of_result,
)

__all__ = [
    "BindView",
    "Catalog",
    "Check",
    "Column",
    "Database",
    "ForeignKey",
    "Function",
    "Key",
    "KeyKind",
    "Procedure",
    "ProcedureParameter",
    "Table",
    "ViewColumns",
    "ViewSource",
    "column_of_result",
]
