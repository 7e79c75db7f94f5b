"""Explains why a result column may be NULL, or why it cannot.

    p.name             products.name is NOT NULL (migrations/0003.create-products.sql:4)
    c.name             LEFT JOIN categories AS c at line 5 may not match
    COALESCE(x, 0)     COALESCE has an argument that is never NULL

The polarity of every reason is that of the analysis. A reason whose operands say the opposite has no causes.
"""

from collections.abc import Sequence

from tools.sqlgen.analysis.consequences import closure, is_nullable, nullability_sources, unmatched
from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.expression_key import expression_key
from tools.sqlgen.analysis.facts import Fact, Matched, NotNull
from tools.sqlgen.analysis.place import Block, Environment, Place, place_in
from tools.sqlgen.analysis.predicates import when_true
from tools.sqlgen.analysis.scope import Item, Namespace, Relation
from tools.sqlgen.analysis.values import ColumnId, OuterJoinId
from tools.sqlgen.explain.expressions import ExpressionReasons
from tools.sqlgen.explain.reason import Reason, agreeing
from tools.sqlgen.explain.source import AnalysedSource
from tools.sqlgen.syntax.ast import (
    ColumnRef,
    Derived,
    Embed,
    Expr,
    Join,
    JsonTable,
    Query,
    QueryBody,
    Select,
    SetOperation,
    Star,
    TableName,
    TableRef,
    TableStatement,
    ValuesRows,
)


class Nullability:
    """The reasons for one analysed statement."""

    def __init__(self, source: AnalysedSource) -> None:
        self.source = source
        self.ctx: Context = source.ctx
        self._expressions = ExpressionReasons(self)
        self._visiting: set[tuple[object, int]] = set()

    # --- columns of queries ---

    def of_column(self, index: int) -> Reason | None:
        """The reason for a result column of the statement; None if the statement has no result."""
        statement, query = self.source.statement, self.source.query
        if query is None or not isinstance(statement, Query) or index >= len(query.columns):
            return None
        return self._with(self.of_query(statement, index), nullable=query.columns[index].nullable)

    def of_query(self, query: Query, index: int) -> Reason:
        return self._of_body(query.body, index)

    def _of_body(self, body: QueryBody, index: int) -> Reason:
        match body:
            case Query():
                return self.of_query(body, index)
            case Select():
                return self._of_select(body, index)
            case TableStatement():
                select = next(each for each in self.ctx.info.selects if each.from_ is body.table)
                return self._of_select(select, index)
            case SetOperation():
                return self._of_arms(
                    body.op, [self._of_body(each, index) for each in (body.left, body.right)]
                )
            case ValuesRows():
                place = place_in(Block(body, Environment()), "values", Namespace())
                return self._of_arms("UNION", [self.of_expr(place, row[index]) for row in body.rows])

    @staticmethod
    def _of_arms(op: str, arms: Sequence[Reason]) -> Reason:
        if op == "EXCEPT":
            return arms[0]
        nullable = any(arm.nullable for arm in arms) if op == "UNION" else all(arm.nullable for arm in arms)
        if op == "UNION":
            text = (
                f"the column of one part of the {op} may be NULL" if nullable else "no part of it may be NULL"
            )
        else:
            text = (
                "the column may be NULL in every part" if nullable else "the column is never NULL in one part"
            )
        return Reason(nullable, text, agreeing(nullable, arms))

    def _of_select(self, select: Select, index: int) -> Reason:
        place = self.ctx.info.selects[select].place("select")
        exprs = [expr for item in select.items for expr in self._columns_of(item.expr)]
        if index >= len(exprs):
            return Reason(nullable=True, text="it is a column of * that no schema defines")
        return self.of_expr(place, exprs[index])

    def _columns_of(self, expr: Expr) -> Sequence[Expr]:
        return self.ctx.info.expanded.get(expr, ()) if isinstance(expr, Star | Embed) else (expr,)

    # --- expressions ---

    def of_expr(self, place: Place, expr: Expr) -> Reason:
        """The reason for an expression of a query block, as the analysis evaluated it at its place."""
        if isinstance(expr, ColumnRef):
            return self._of_reference(place, expr)
        value = self.ctx.info.typed.get(expr)
        found = self._expressions.reason(place, expr)
        if value is None or found.nullable == value.nullable:
            return found
        shown = self.source.shown(expr)
        if value.nullable:
            return Reason(nullable=True, text=f"{shown} is NULL in the totals of WITH ROLLUP")
        key = expression_key(self.ctx, expr)
        proof = self.proof(place, NotNull(key), shown) if key is not None else None
        return proof or Reason(nullable=False, text=f"the conditions prove that {shown} is not NULL")

    def _of_reference(self, place: Place, ref: ColumnRef) -> Reason:
        found = self.ctx.info.bindings.get(ref) or self.ctx.info.synthetic.get(ref)
        if found is None:
            return Reason(nullable=True, text=f"{ref.column} is an unknown column")
        if isinstance(found, Item):
            return self.of_expr(place, found.expr)
        return self.of_relation_column(place, *found)

    def of_relation_column(self, place: Place, relation: Relation, index: int) -> Reason:
        """The reason for a column of FROM where an expression at `place` reads it."""
        nullable = is_nullable(place, relation, index)
        declared = self.declared(relation, index)
        if nullable:
            return self._nullable_column(place, relation, index, declared)
        column = relation.columns[index]
        name = f"{relation.name}.{column.name}"
        if column.nullable:
            proof = self.proof(place, NotNull(ColumnId(relation.id, index)), name)
            return proof or Reason(nullable=False, text=f"the conditions prove that {name} is not NULL")
        proofs = [
            each
            for outer_join in nullability_sources(place, relation, index)
            if (each := self._match_proof(place, relation, outer_join))
        ]
        if not proofs:
            return declared
        return Reason(
            nullable=False,
            text=proofs[0].text,
            causes=agreeing(nullable=False, reasons=[*proofs[1:], declared]),
        )

    def _match_proof(self, place: Place, relation: Relation, outer_join: OuterJoinId) -> Reason | None:
        join = next((each.node for each in place.outer_joins() if each.id == outer_join), None)
        what = f"the match of {self._joined(join)}" if join else f"the match inside {relation.name}"
        return self.proof(place, Matched(outer_join), what)

    def _nullable_column(self, place: Place, relation: Relation, index: int, declared: Reason) -> Reason:
        reasons: list[Reason] = []
        owner = next((each for each in place.chain() if each.namespace.has(relation)), None)
        column = relation.columns[index]
        if column.nullable:
            reasons.append(declared)
        missing = unmatched(place, relation, index)
        for outer_join in place.outer_joins():
            if relation.id in outer_join.relations and outer_join.id in missing:
                join = outer_join.node
                what = f"{self._joined(join)} at {self.source.line(_null_side(join))}"
                reasons.append(Reason(nullable=True, text=f"{what} may not match"))
        if any(outer_join in missing for outer_join in column.nullability_sources):
            reasons.append(self.declared(relation, index))
        if not reasons and owner is not None and owner.grouping.rollup:
            reasons.append(
                Reason(
                    nullable=True, text=f"{relation.name}.{column.name} is NULL in the totals of WITH ROLLUP"
                )
            )
        if not reasons:
            reasons.append(
                Reason(
                    nullable=True,
                    text=f"{relation.name}.{column.name} has no value if the aggregate query reads no rows",
                )
            )
        if len(reasons) == 1:
            return reasons[0]
        return Reason(
            nullable=True,
            text=reasons[0].text,
            causes=(*reasons[0].causes, *agreeing(nullable=True, reasons=reasons[1:])),
        )

    # --- definitions ---

    def declared(self, relation: Relation, index: int) -> Reason:
        """The reason that the definition of a table, view or subquery gives for its column."""
        column = relation.columns[index]
        nullable = column.nullable or bool(column.nullability_sources)
        if relation.table is not None:
            return self._declared_in_schema(relation, index, nullable=nullable)
        node = self.ctx.info.table_nodes.get(relation.id)
        name = f"{relation.name}.{column.name}"
        if isinstance(node, JsonTable):
            return Reason(nullable, f"{name} is a column of JSON_TABLE")
        query = node.query if isinstance(node, Derived) else None
        common = self.source.common_table(node) if isinstance(node, TableName) else None
        query = common.query if common is not None else query
        if query is None:
            return Reason(nullable, f"{name} is a column of a table without a definition in the schema")
        return self._of_inner_query(relation, query, index, nullable=nullable)

    def _of_inner_query(self, relation: Relation, query: Query, index: int, *, nullable: bool) -> Reason:
        key = (query, index)
        name = f"{relation.name}.{relation.columns[index].name}"
        if key in self._visiting:
            return Reason(nullable, f"{name} is read again by the recursive part")
        self._visiting.add(key)
        try:
            inner = self.of_query(query, index)
        finally:
            self._visiting.discard(key)
        state = "may be NULL" if nullable else "is never NULL"
        return Reason(
            nullable, f"{name} {state} in the query of {relation.name}", agreeing(nullable, [inner])
        )

    def _declared_in_schema(self, relation: Relation, index: int, *, nullable: bool) -> Reason:
        table = relation.table
        assert table is not None
        name = f"{table.name}.{relation.columns[index].name}"
        place = self.source.places.column(table.name, relation.columns[index].name)
        if table.view is not None:
            return self._of_view(relation, index, nullable=nullable)
        suffix = f" ({place})" if place else ""
        column = table.columns[index]
        primary = table.primary_key
        if nullable:
            return Reason(nullable, f"{name} is not declared NOT NULL{suffix}")
        if primary is not None and column.name in primary.columns:
            return Reason(nullable, f"{name} belongs to the primary key{suffix}")
        return Reason(nullable, f"{name} is NOT NULL{suffix}")

    def _of_view(self, relation: Relation, index: int, *, nullable: bool) -> Reason:
        table = relation.table
        assert table is not None
        assert table.view is not None
        place = self.source.places.table(table.name)
        state = "may be NULL" if nullable else "is never NULL"
        suffix = f" ({place})" if place else ""
        text = f"{table.name}.{relation.columns[index].name} {state} in the view{suffix}"
        view = AnalysedSource(
            table.view.query, self.ctx.catalog, table.view.text, self.source.places, path=table.view.path
        )
        inner = Nullability(view).of_column(index)
        return Reason(nullable, text, agreeing(nullable, [inner] if inner else []))

    # --- proofs ---

    def proof(self, place: Place, fact: Fact, what: str) -> Reason | None:
        """The condition that proves a fact, as a reason that `what` is not NULL; None if no single one does."""
        if fact in place.assumptions:
            return Reason(nullable=False, text=f"the condition of this branch proves {_proven(fact, what)}")
        for each in place.chain():
            for clause, condition in self.source.conditions(each.block.node):
                if fact in closure(self.ctx, each, when_true(self.ctx, each, condition)):
                    shown = f"{clause} {self.source.shown(condition)} at {self.source.line(condition)}"
                    return Reason(nullable=False, text=f"{shown} proves {_proven(fact, what)}")
        return None

    def _joined(self, join: Join) -> str:
        return f"{join.kind} JOIN {self.source.shown(_null_side(join))}"

    @staticmethod
    def _with(reason: Reason, *, nullable: bool) -> Reason:
        """The reason if it agrees with the analysis; else the analysis's word without a path."""
        if reason.nullable == nullable:
            return reason
        return Reason(nullable, "may be NULL" if nullable else "the conditions of the query prove it")


def _null_side(join: Join) -> TableRef:
    return join.right if join.kind == "LEFT" else join.left


def _proven(fact: Fact, what: str) -> str:
    return what if isinstance(fact, Matched) else f"that {what} is not NULL"
