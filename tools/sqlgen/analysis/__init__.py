"""What a statement means: types, nullability, parameters, rows.

`analyse` is the whole interface of this package; `view_columns` resolves a view, or the query of a
CREATE TABLE ... SELECT, for the catalogue.
"""

from collections.abc import Sequence

from tools.sqlgen.catalog import Catalog
from tools.sqlgen.diagnostics import SqlError
from tools.sqlgen.model import AnalysedQuery, NamedOrder, ResultColumn
from tools.sqlgen.syntax import Query, QueryStatement

__all__ = ["analyse", "view_columns"]


def analyse(
    statement: QueryStatement,
    catalog: Catalog,
    text: str,
    *,
    orders: Sequence[NamedOrder] = (),
) -> tuple[AnalysedQuery | None, list[SqlError]]:
    """Everything the compiler knows about one statement, and every finding about it.

    `text` is the text of the file that the statement's offsets point into. The result is None when a
    finding is an error; findings may be warnings alone.
    """
    raise NotImplementedError((statement, catalog, text, orders))


def view_columns(
    query: Query,
    catalog: Catalog,
    text: str,
    *,
    schema: str | None = None,
    columns: Sequence[str] = (),
) -> tuple[ResultColumn, ...]:
    """The columns of a view, or of a table made by CREATE TABLE ... SELECT.

    `schema` is the database that unqualified names belong to; `columns` the view's own column list. Raises
    SqlError with the first finding.
    """
    raise NotImplementedError((query, catalog, text, schema, columns))
