"""The state of the analysis of one statement: catalog, findings, parameters, results by node."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from tools.sqlgen.analysis.info import Info
from tools.sqlgen.analysis.parameters import Parameters
from tools.sqlgen.analysis.place import Environment, Place
from tools.sqlgen.analysis.results import QueryResult
from tools.sqlgen.analysis.scope import Item, Relation
from tools.sqlgen.analysis.values import Expected
from tools.sqlgen.catalog import Catalog, Table
from tools.sqlgen.diagnostics import Severity, SqlError
from tools.sqlgen.input.annotations import NamedOrder
from tools.sqlgen.syntax.ast import ColumnRef, Expr, Node, Query
from tools.sqlgen.types.sql_type import SqlType
from tools.sqlgen.types.typed_expr import TypedExpr


class AnalyseQuery(Protocol):
    """The type of `query.analyse_query`, which is passed in because expressions cannot import queries."""

    def __call__(
        self,
        ctx: "Context",
        query: Query,
        environment: Environment,
        expected_columns: Sequence[Expected | None] = (),
    ) -> QueryResult: ...


class Evaluate(Protocol):
    """`expressions.evaluate`, handed over for the same reason."""

    def __call__(
        self, ctx: "Context", place: Place, expr: Expr, expected: Expected | None = None
    ) -> TypedExpr: ...


class ResolveView(Protocol):
    """The result of a view's query; raises SqlError with its first finding."""

    def __call__(self, query: Query, catalog: Catalog, text: str, schema: str | None) -> QueryResult: ...


class Context:
    """The state of the analysis of one statement."""

    def __init__(
        self,
        catalog: Catalog,
        text: str,
        analyse_query: AnalyseQuery,
        evaluate: Evaluate,
        resolve_view: ResolveView,
        orders: Sequence[NamedOrder] = (),
    ) -> None:
        self.catalog = catalog
        self.text = text
        self.analyse_query = analyse_query
        self._evaluate = evaluate
        self.resolve_view = resolve_view
        self.orders = orders
        self.begin({})

    def begin(self, decided: Mapping[str, SqlType]) -> None:
        """Begin the analysis; `decided` has types of named parameters that are known already."""
        self.findings: list[SqlError] = []
        self.parameters = Parameters(decided)
        self.info = Info()
        self.order_macros: list[tuple[Node, Place, str | None]] = []
        self.tables_read: dict[str, None] = {}
        self.tables_written: dict[str, None] = {}
        self._next = 0
        self._reported: set[tuple[int, int, str]] = set()

    def evaluate(self, place: Place, expr: Expr, expected: Expected | None = None) -> TypedExpr:
        """The type and nullability of an expression; see expressions.evaluate."""
        return self._evaluate(self, place, expr, expected)

    def evaluate_column(self, place: Place, relation: Relation, index: int) -> TypedExpr:
        """The value of a column that no text names: one of a star."""
        ref = ColumnRef(0, 0, relation.columns[index].name, relation.name)
        self.info.synthetic[ref] = (relation, index)
        return self._evaluate(self, place, ref)

    def note_read(self, table: Table) -> None:
        self.tables_read.setdefault(self.table_name(table))

    def note_written(self, table: Table) -> None:
        self.tables_written.setdefault(self.table_name(table))

    def table_name(self, table: Table) -> str:
        """Return the name of a table, with its database if that is not the current one."""
        if table.schema is None or table.schema.lower() == self.catalog.current:
            return table.name
        return f"{table.schema}.{table.name}"

    def new_id(self) -> int:
        self._next += 1
        return self._next

    def report(
        self,
        message: str,
        node: Node,
        hint: str | None = None,
        severity: Severity = "error",
        *,
        at_parse: bool = False,
    ) -> None:
        """Note a finding about `node`."""
        self.report_span(message, node.start, node.end, hint, severity, at_parse=at_parse)

    def report_span(
        self,
        message: str,
        start: int,
        end: int,
        hint: str | None = None,
        severity: Severity = "error",
        *,
        at_parse: bool = False,
    ) -> None:
        """Note a finding; `at_parse` if the server may report it before it resolves names."""
        key = (start, end, message)
        if key not in self._reported:
            self._reported.add(key)
            self.findings.append(SqlError(message, start, end, hint, severity, at_parse=at_parse))

    def column_of(self, ref: ColumnRef) -> tuple[Relation, int] | None:
        """The column that a reference resolved to."""
        found = self.info.bindings.get(ref)
        if isinstance(found, Item):
            return found.source
        return found
