"""Binding of new views to the columns of the catalog as it is then."""

from tools.sqlgen.catalog import (
    BindView,
    Catalog,
    Database,
    Table,
)
from tools.sqlgen.syntax.ast import (
    CreateView,
    Query,
)


class ViewBinder:
    """Binds new views to the columns of the catalog as it is then.

    The analysis keeps results for a catalog, so it gets a copy. Views that follow each other share one copy.
    """

    def __init__(self, catalog: Catalog, bind: BindView) -> None:
        self._catalog = catalog
        self._bind = bind
        self._copy: Catalog | None = None

    def forget(self) -> None:
        """The catalog has changed."""
        self._copy = None

    def bind(self, statement: CreateView, text: str, schema: str | None) -> Query:
        self._copy = self._copy or self._catalog.snapshot()
        return self._bind(statement.query, self._copy, text, schema)

    def add(self, view: Table) -> None:
        """Make a new view known to the views after it."""
        if self._copy is not None:
            self._copy.databases.setdefault((view.schema or "").lower(), Database(view.schema)).put(
                view.copied(self._copy)
            )
