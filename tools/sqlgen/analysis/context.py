"""The state of the analysis of one statement: catalog, findings, parameters, results by node."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from tools.sqlgen.analysis.facts import Fact
from tools.sqlgen.analysis.info import Info
from tools.sqlgen.analysis.parameters import Parameters
from tools.sqlgen.analysis.scope import Item, Relation, Scope
from tools.sqlgen.analysis.values import Expected
from tools.sqlgen.catalog import Catalog, Table
from tools.sqlgen.diagnostics import Severity, SqlError
from tools.sqlgen.input.query_files import NamedOrder
from tools.sqlgen.syntax.ast import ColumnRef, Expr, Node, Query
from tools.sqlgen.types.typed_expr import TypedExpr

if TYPE_CHECKING:
    from tools.sqlgen.analysis.results import QueryResult


class AnalyseQuery(Protocol):
    """The type of `query.analyse_query`, which is passed in because expressions cannot import queries."""

    def __call__(
        self,
        ctx: "Context",
        query: Query,
        parent: Scope | None,
        expected_columns: Sequence[Expected | None] = (),
        *,
        within: Scope | None = None,
    ) -> "QueryResult": ...


class Evaluate(Protocol):
    """`expressions.evaluate`, handed over for the same reason."""

    def __call__(
        self, ctx: "Context", scope: Scope, expr: Expr, expected: Expected | None = None
    ) -> TypedExpr: ...


class ResolveView(Protocol):
    """The result of a view's query; raises SqlError with its first finding."""

    def __call__(self, query: Query, catalog: Catalog, text: str, schema: str | None) -> "QueryResult": ...


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
        self.findings: list[SqlError] = []
        self.parameters = Parameters()
        self.info = Info()
        self.top: ColumnRef | None = None
        """The reference that is a whole ORDER BY item."""
        self.assumptions: list[set[Fact]] = []
        """Facts that the branch of a CASE or IF under analysis may rely on."""
        self.order_macros: list[tuple[Node, Scope, str | None]] = []
        self.tables_read: dict[str, None] = {}
        self.tables_written: dict[str, None] = {}
        self._next = 0
        self._reported: set[tuple[int, int, str]] = set()

    def evaluate(self, scope: Scope, expr: Expr, expected: Expected | None = None) -> TypedExpr:
        """The type and nullability of an expression; see expressions.evaluate."""
        return self._evaluate(self, scope, expr, expected)

    def evaluate_top(self, scope: Scope, ref: ColumnRef) -> TypedExpr:
        """The value of a reference that is a whole ORDER BY item: select items come first there."""
        self.top = ref
        return self._evaluate(self, scope, ref)

    def evaluate_column(self, scope: Scope, relation: Relation, index: int) -> TypedExpr:
        """The value of a column that no text names: one of a star."""
        ref = ColumnRef(0, 0, relation.columns[index].name, relation.name)
        self.info.synthetic[ref] = (relation, index)
        return self._evaluate(self, scope, ref)

    def has_facts(self, scope: Scope | None) -> bool:
        """True if any fact is known that could prove an expression not NULL."""
        while scope is not None:
            if scope.row_facts or scope.having_facts:
                return True
            scope = scope.parent
        return any(self.assumptions)

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

    def report(self, message: str, node: Node, hint: str | None = None, severity: Severity = "error") -> None:
        """Note a finding about `node`."""
        self.report_span(message, node.start, node.end, hint, severity)

    def report_span(
        self, message: str, start: int, end: int, hint: str | None = None, severity: Severity = "error"
    ) -> None:
        key = (start, end, message)
        if key not in self._reported:
            self._reported.add(key)
            self.findings.append(SqlError(message, start, end, hint, severity))

    @contextmanager
    def assuming(self, facts: set[Fact]) -> Generator[None]:
        """Analyse a branch that is only reached if `facts` hold."""
        self.assumptions.append(facts)
        try:
            yield
        finally:
            self.assumptions.pop()

    @contextmanager
    def without_assumptions(self) -> Generator[None]:
        """Analyse the argument of an aggregate: other rows than the one the assumptions are about."""
        before, self.assumptions = self.assumptions, []
        try:
            yield
        finally:
            self.assumptions = before

    def column_of(self, ref: ColumnRef) -> tuple[Relation, int] | None:
        """The column that a reference resolved to."""
        found = self.info.bindings.get(ref)
        if isinstance(found, Item):
            return found.source
        return found

    def proven(self, fact: Fact, scope: Scope | None) -> bool:
        """True if `fact` is known at the place where an expression of `scope` is evaluated."""
        if any(fact in facts for facts in self.assumptions):
            return True
        while scope is not None:
            if fact in scope.having_facts and scope.clause in {"select", "order"}:
                return True
            if fact in scope.row_facts and not (scope.after_grouping and (scope.implicit or scope.rollup)):
                return True
            scope = scope.parent
        return False
