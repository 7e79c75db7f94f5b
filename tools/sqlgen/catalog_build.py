"""The catalogue from schema files: each DDL statement applied in order."""

from collections.abc import Callable, Iterable

from tools.sqlgen.catalog import Catalog, ViewColumns
from tools.sqlgen.diagnostics import Diagnostic
from tools.sqlgen.migrations import SchemaFile


def build_catalog(
    files: Iterable[SchemaFile], on_error: Callable[[Diagnostic], None], *, view_columns: ViewColumns
) -> Catalog:
    """The schema after all statements of all files.

    A statement that is wrong is given to `on_error` and left out; the others are applied. Views are
    resolved at the end, so that an error in one is reported even when no query uses it.
    """
    raise NotImplementedError((files, on_error, view_columns))
