"""The select list: result columns, stars and embeds."""

from collections.abc import Sequence

import msgspec

from tools.sqlgen.analysis.column_names import NOT_IN_FRONT, name_of
from tools.sqlgen.analysis.consequences import unmatched
from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.expression_key import (
    constant_folding,
    contains_aggregate,
    contains_window,
)
from tools.sqlgen.analysis.expressions.operand_checks import require_one_column
from tools.sqlgen.analysis.facts import Matched
from tools.sqlgen.analysis.names import matching_relations
from tools.sqlgen.analysis.place import place_in, proven
from tools.sqlgen.analysis.scope import Item, Relation, Scope
from tools.sqlgen.analysis.values import ColumnId, Expected, OuterJoinId, OutputColumn
from tools.sqlgen.diagnostics import did_you_mean
from tools.sqlgen.ir.query import EmbedGroup
from tools.sqlgen.syntax.ast import (
    ColumnRef,
    Embed,
    Expr,
    Select,
    SelectItem,
    Star,
)
from tools.sqlgen.types.source_column import SourceColumn
from tools.sqlgen.types.typed_expr import TypedExpr


class SelectList:
    """The result columns of a select list, as they are found from left to right."""

    def __init__(self, ctx: Context, scope: Scope, expected_columns: Sequence[Expected | None]) -> None:
        self.ctx = ctx
        self.scope = scope
        self.place = place_in(scope, "select")
        self.expected_columns = expected_columns
        self.columns: list[OutputColumn] = []
        self.embeds: list[EmbedGroup] = []
        self.incomplete = False
        """True if the columns of a star or an embed are unknown."""

    def visit(self, select: Select) -> None:
        self.scope.items = []
        for item in select.items:
            if isinstance(item.expr, Star):
                self._star(item.expr)
            elif isinstance(item.expr, Embed):
                self._embed(item.expr)
            else:
                self._expression(item)

    def _expression(self, item: SelectItem) -> None:
        ctx, scope = self.ctx, self.scope
        at = len(self.columns)
        expected = self.expected_columns[at] if at < len(self.expected_columns) else None
        value = ctx.evaluate(self.place, item.expr, expected)
        require_one_column(ctx, item.expr)
        name = item.alias.lstrip(NOT_IN_FRONT) if item.alias is not None else name_of(ctx, item)
        found = ctx.column_of(item.expr) if isinstance(item.expr, ColumnRef) else None
        self.columns.append(self._output(item.expr, name, value, found, item.start, item.end))
        scope.items.append(
            Item(
                name.lower(),
                item.expr,
                value,
                aliased=item.alias is not None,
                source=found,
                aggregated=contains_aggregate(item.expr),
                windowed=contains_window(item.expr),
            )
        )

    def _output(
        self,
        expr: Expr,
        name: str,
        value: TypedExpr,
        found: tuple[Relation, int] | None,
        start: int,
        end: int,
    ) -> OutputColumn:
        nullability_sources: frozenset[OuterJoinId] = frozenset()
        if found is not None and value.nullable and not found[0].columns[found[1]].nullable:
            own = self.scope.namespace.has(found[0])
            if own and not (self.scope.implicit or self.scope.rollup):
                nullability_sources = unmatched(self.place, *found)
        source = ColumnId(found[0].id, found[1]) if found is not None else None
        output = output_of(expr, name, value)
        return msgspec.structs.replace(
            output,
            start=start,
            end=end,
            nullability_sources=nullability_sources,
            source=source,
            folding=constant_folding(self.ctx, expr),
        )

    def _column(self, node: Star | Embed, relation: Relation, index: int) -> None:
        """One column of a star or an embed."""
        column = relation.columns[index]
        ref = ColumnRef(node.start, node.end, column.name, relation.name)
        self.ctx.info.bindings[ref] = (relation, index)
        value = self.ctx.evaluate_column(self.place, relation, index)
        self.columns.append(self._output(ref, column.name, value, (relation, index), node.start, node.end))
        item = Item(column.name.lower(), ref, value, aliased=False, source=(relation, index))
        self.scope.items.append(item)
        self.ctx.info.expanded.setdefault(node, []).append(ref)

    def _star(self, star: Star) -> None:
        ctx, scope = self.ctx, self.scope
        ctx.info.expanded[star] = []
        if star.table is None:
            if not scope.namespace.relations:
                ctx.report("'*' without a table to select from", star)
                self.incomplete = True
            self._open(scope.namespace.relations)
            for each in scope.namespace.columns:
                if not each.hidden:
                    self._column(star, each.relation, each.index)
            return
        found = matching_relations(scope.namespace, star.table, star.schema)
        if not found:
            names = [relation.name for relation in scope.namespace.relations]
            ctx.report(
                f"unknown table '{star.table}' in the select list", star, did_you_mean(star.table, names)
            )
            self.incomplete = True
            return
        self._open(found[:1])
        for index, column in enumerate(found[0].columns):
            if not column.hidden:
                self._column(star, found[0], index)

    def _open(self, relations: Sequence[Relation]) -> None:
        """Record that the number of columns is unknown if a star contains a relation of unknown schema."""
        self.incomplete = self.incomplete or any(relation.unknown_schema for relation in relations)

    def _embed(self, embed: Embed) -> None:
        ctx, scope = self.ctx, self.scope
        ctx.info.expanded[embed] = []
        found = matching_relations(scope.namespace, embed.table, None)
        if not found:
            names = [relation.name for relation in scope.namespace.relations]
            ctx.report(
                f"unknown table '{embed.table}' in sqlc.embed", embed, did_you_mean(embed.table, names)
            )
            self.incomplete = True
            return
        relation = found[0]
        table = relation.table
        if table is None and not relation.unknown_schema:
            ctx.report(
                f"sqlc.embed('{embed.table}') needs a table or view, not a derived table",
                embed,
                "select the columns instead",
            )
        group = len(self.embeds)
        first = len(self.columns)
        for index, column in enumerate(relation.columns):
            if not column.hidden:
                self._column(embed, relation, index)
        self.columns[first:] = [msgspec.structs.replace(each, embed=group) for each in self.columns[first:]]
        self.embeds.append(self._group(embed, relation, first))

    def _group(self, embed: Embed, relation: Relation, first: int) -> EmbedGroup:
        table = relation.table
        source = (
            SourceColumn(table.schema, table.name, "") if table else SourceColumn(None, relation.name, "")
        )
        outer_joins = [
            each
            for each in self.scope.namespace.outer_joins_of(relation.id)
            if not proven(Matched(each.id), self.place)
        ]
        visible = [column for column in relation.columns if not column.hidden]
        nullable = bool(outer_joins) or self.scope.implicit or self.scope.rollup
        sure = [
            index
            for index, column in enumerate(visible)
            if not column.nullable and not column.nullability_sources
        ]
        return EmbedGroup(embed.table, source, nullable, first + sure[0] if sure and nullable else None)

    def whole_table(self) -> SourceColumn | None:
        """Return the table if the result is exactly its visible columns: all, in order, same names and nullability.

        A column that the query narrows to NOT NULL makes the row one of the query's own.
        """
        sources = {column.source.relation for column in self.columns if column.source is not None}
        if self.embeds or len(sources) != 1 or any(column.source is None for column in self.columns):
            return None
        relation = self.ctx.info.relations[sources.pop()]
        if relation.table is None:
            return None
        visible = [index for index, column in enumerate(relation.columns) if not column.hidden]
        if [column.source.index for column in self.columns if column.source] != visible:
            return None
        for output in self.columns:
            column = relation.columns[output.source.index if output.source else 0]
            nullable = column.nullable or bool(column.nullability_sources)
            if output.nullable != nullable or output.name.lower() != column.name.lower():
                return None
        return SourceColumn(relation.table.schema, relation.table.name, "")


def output_of(expr: Expr, name: str, value: TypedExpr) -> OutputColumn:
    """A value as a result column."""
    sql_type = value.type
    if value.source_column is None and sql_type.precision is not None and sql_type.name != "DECIMAL":
        sql_type = msgspec.structs.replace(sql_type, precision=None)
    return OutputColumn(name, sql_type, value.nullable, expr.start, expr.end, value.source_column, value.json)
