"""One SELECT: its clauses in the order in which names and facts become known.

FROM, WHERE (which proves facts), GROUP BY, the select list, HAVING (which proves more), ORDER BY; then the checks
of grouping, and the cardinality.
"""

from collections.abc import Sequence

import msgspec

from tools.sqlgen.analysis.cardinality import at_most_one_row, result_keys
from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.equalities import add_equalities
from tools.sqlgen.analysis.expression_key import (
    constant_folding,
    contains_aggregate,
    contains_window,
    expression_key,
    is_aggregate,
)
from tools.sqlgen.analysis.expressions.rows import require_one_column
from tools.sqlgen.analysis.expressions.windows import visit_window
from tools.sqlgen.analysis.from_clause import analyse_from
from tools.sqlgen.analysis.grouping import check_distinct_order, check_grouping
from tools.sqlgen.analysis.names import matching_relations
from tools.sqlgen.analysis.predicates import closure, unmatched, when_true
from tools.sqlgen.analysis.results import QueryResult
from tools.sqlgen.analysis.scope import Item, Matched, Relation, Scope
from tools.sqlgen.analysis.values import ColumnId, Expected, OuterJoinId, OutputColumn
from tools.sqlgen.diagnostics import did_you_mean
from tools.sqlgen.ir.query import EmbedGroup
from tools.sqlgen.syntax import lexer
from tools.sqlgen.syntax.ast import (
    ColumnRef,
    DecimalLiteral,
    Embed,
    Expr,
    FloatLiteral,
    IntLiteral,
    NullLiteral,
    OrderByMacro,
    OrderItem,
    Param,
    Select,
    SelectItem,
    Star,
    StringLiteral,
    Unary,
)
from tools.sqlgen.syntax.parser.literals import string_value
from tools.sqlgen.syntax.visitor import walk
from tools.sqlgen.types.source_column import Origin
from tools.sqlgen.types.sql_type import BOOL
from tools.sqlgen.types.typed_expr import TypedExpr


def analyse_select(
    ctx: Context,
    scope: Scope,
    select: Select,
    expected_columns: Sequence[Expected | None],
    *,
    order_by: Sequence[OrderItem] = (),
) -> QueryResult:
    """Analyse one SELECT in a scope that has only its parent and common tables so far."""
    found_before = len(ctx.findings)
    ctx.info.select_scopes[select] = scope
    scope.aliases = frozenset(item.alias.lower() for item in select.items if item.alias is not None)
    part = analyse_from(ctx, scope, select.from_)
    _where(ctx, scope, select.where)
    _define_windows(ctx, scope, select)
    _decide_grouping(scope, select)
    outputs = _Outputs(ctx, scope, expected_columns)
    if select.group_by:
        _preview_items(scope, select)
        _group_by(ctx, scope, select)
    outputs.visit(select)
    if select.having is not None:
        _having(ctx, scope, select.having)
        if scope.having_facts:
            outputs = _Outputs(ctx, scope, expected_columns)
            outputs.visit(select)
    _windows(ctx, scope, select)
    _order_by(ctx, scope, order_by, len(outputs.columns))
    check_grouping(ctx, scope, select, order_by)
    if select.distinct:
        check_distinct_order(ctx, scope, order_by)
    errors = any(each.severity == "error" for each in ctx.findings[found_before:])
    return _result(ctx, scope, select, outputs, from_min_one=part.min_one, errors=errors)


def _result(
    ctx: Context, scope: Scope, select: Select, outputs: "_Outputs", *, from_min_one: bool, errors: bool
) -> QueryResult:
    columns = tuple(outputs.columns)
    filtered = select.where is not None or select.having is not None
    one_group = scope.implicit and not scope.grouped and not _only_outer_aggregates(ctx, scope, select)
    always_a_row = one_group or (scope.grouped and scope.rollup)
    min_one = select.having is None if always_a_row else from_min_one and not filtered
    max_one = one_group or at_most_one_row(ctx, scope, select)
    candidate_keys, functional_dependencies = result_keys(ctx, scope, select, columns)
    if select.into:
        return QueryResult((), valid=False)
    return QueryResult(
        columns,
        min_one,
        max_one,
        candidate_keys,
        functional_dependencies,
        tuple(outputs.embeds),
        outputs.whole_table() if not scope.rollup else None,
        valid=not (errors and outputs.incomplete),
    )


def _only_outer_aggregates(ctx: Context, scope: Scope, select: Select) -> bool:
    """True if every aggregate reads rows of an outer query, so that this query does not aggregate."""
    nodes = (*(item.expr for item in select.items), *([select.having] if select.having is not None else ()))
    owners = [
        ctx.info.owners.get(each, scope)
        for node in nodes
        for each in walk(node, into_queries=False)
        if is_aggregate(each)
    ]
    return bool(owners) and all(owner is not scope for owner in owners)


def _where(ctx: Context, scope: Scope, where: Expr | None) -> None:
    if where is None:
        return
    scope.clause = "where"
    ctx.evaluate(scope, where, Expected(BOOL, weak=True))
    require_one_column(ctx, where)
    add_equalities(ctx, scope, where, None)
    scope.row_facts |= closure(ctx, when_true(ctx, where))


def _define_windows(ctx: Context, scope: Scope, select: Select) -> None:
    for window in select.windows:
        if window.name.lower() in scope.windows:
            ctx.report(f"window '{window.name}' is defined twice", window)
        scope.windows[window.name.lower()] = window


def _windows(ctx: Context, scope: Scope, select: Select) -> None:
    scope.clause = "select"
    for window in select.windows:
        scope.in_window += 1
        visit_window(ctx, scope, window.spec, window)
        scope.in_window -= 1


def _decide_grouping(scope: Scope, select: Select) -> None:
    """Decide if the query has groups: from GROUP BY, or a single one because of an aggregate."""
    scope.grouped = bool(select.group_by)
    scope.rollup = select.rollup
    if not scope.grouped:
        in_items = any(contains_aggregate(item.expr) for item in select.items)
        in_windows = any(contains_aggregate(window.spec) for window in select.windows)
        scope.implicit = in_items or in_windows or contains_aggregate(select.having)


# --- GROUP BY -----------------------------------------------------------------------------------------


def _preview_items(scope: Scope, select: Select) -> None:
    """Define the select items that GROUP BY may name, before they are analysed."""
    unknown = TypedExpr(BOOL, nullable=True)
    scope.items = []
    for item in select.items:
        name = item.alias
        if isinstance(item.expr, ColumnRef):
            name = name or item.expr.column
            if item.expr.table is None and item.expr.column.lower() == name.lower():
                continue  # the item `a` does not decide which column `a` means
        if name is not None:
            aliased, aggregated = item.alias is not None, contains_aggregate(item.expr)
            scope.items.append(Item(name.lower(), item.expr, unknown, aliased=aliased, aggregated=aggregated))


def _group_by(ctx: Context, scope: Scope, select: Select) -> None:
    scope.clause = "group"
    for expr in select.group_by:
        target = expr
        if isinstance(expr, IntLiteral):
            found = _at_position(ctx, select, expr)
            if found is None:
                continue
            target = found
        if contains_aggregate(target) or _names_aggregate(scope, target):
            ctx.report("GROUP BY cannot group by an aggregate", expr)
            continue
        ctx.evaluate(scope, target)
        require_one_column(ctx, target)
        named = ctx.info.bindings.get(target) if isinstance(target, ColumnRef) else None
        if isinstance(named, Item):
            ctx.evaluate(scope, named.expr)
        meant = named.expr if isinstance(named, Item) else target
        scope.group_exprs.append(meant)
        key = expression_key(ctx, target)
        if key is not None:
            scope.group_keys.add(key)


def _names_aggregate(scope: Scope, expr: Expr) -> bool:
    if not isinstance(expr, ColumnRef) or expr.table is not None or expr.column.lower() in scope.by_name:
        return False
    return any(item.name == expr.column.lower() and item.aggregated for item in scope.items)


def _at_position(ctx: Context, select: Select, position: IntLiteral) -> Expr | None:
    """Return the select item that `GROUP BY 2` means; None after a finding, and if stars make it unknown."""
    if any(isinstance(item.expr, (Star, Embed)) for item in select.items):
        return None
    if not 1 <= position.value <= len(select.items):
        ctx.report(
            f"position {position.value} in GROUP BY: the select list has {len(select.items)} columns",
            position,
        )
        return None
    return select.items[position.value - 1].expr


# --- the select list --------------------------------------------------------------------------------


class _Outputs:
    """The result columns of a select list, as they are found from left to right."""

    def __init__(self, ctx: Context, scope: Scope, expected_columns: Sequence[Expected | None]) -> None:
        self.ctx = ctx
        self.scope = scope
        self.expected_columns = expected_columns
        self.columns: list[OutputColumn] = []
        self.embeds: list[EmbedGroup] = []
        self.incomplete = False
        """True if the columns of a star or an embed are unknown."""

    def visit(self, select: Select) -> None:
        self.scope.clause = "select"
        self.scope.aggregates_allowed = True
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
        value = ctx.evaluate(scope, item.expr, expected)
        require_one_column(ctx, item.expr)
        name = item.alias.lstrip(_NOT_IN_FRONT) if item.alias is not None else _name_of(ctx, item)
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
            owner = found[0].scope
            if owner is self.scope and not (self.scope.implicit or self.scope.rollup):
                nullability_sources = unmatched(self.ctx, self.scope, *found)
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
        value = self.ctx.evaluate_column(self.scope, relation, index)
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
            for visible in scope.namespace.columns:
                if not visible.hidden:
                    self._column(star, visible.relation, visible.index)
            return
        found = matching_relations(scope, star.table, star.schema)
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
        found = matching_relations(scope, embed.table, None)
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
        source = Origin(table.schema, table.name, "") if table else Origin(None, relation.name, "")
        tokens = [token for token in relation.outer if not self.ctx.proven(Matched(token), self.scope)]
        visible = [column for column in relation.columns if not column.hidden]
        nullable = bool(tokens) or self.scope.implicit or self.scope.rollup
        sure = [
            index
            for index, column in enumerate(visible)
            if not column.nullable and not column.nullability_sources
        ]
        return EmbedGroup(embed.table, source, nullable, first + sure[0] if sure and nullable else None)

    def whole_table(self) -> Origin | None:
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
        return Origin(relation.table.schema, relation.table.name, "")


def output_of(expr: Expr, name: str, value: TypedExpr) -> OutputColumn:
    """A value as a result column."""
    sql_type = value.type
    if value.origin is None and sql_type.precision is not None and sql_type.name != "DECIMAL":
        sql_type = msgspec.structs.replace(sql_type, precision=None)
    return OutputColumn(name, sql_type, value.nullable, expr.start, expr.end, value.origin, value.json)


_NAME_BYTES = 255


def _name_of(ctx: Context, item: SelectItem) -> str:
    """Return the server's name for an item without an alias: its text, with parameters as `?`."""
    expr = _without_plus(item.expr)
    if isinstance(expr, ColumnRef):
        return _column_name(ctx, expr)
    if isinstance(expr, NullLiteral):
        return "NULL"
    if isinstance(expr, StringLiteral):
        return _shortened(_first_piece(ctx, expr).lstrip(_NOT_IN_FRONT))
    return _shortened(_text_of(ctx, expr, item.start if expr is item.expr else expr.start, item.end))


def _without_plus(expr: Expr) -> Expr:
    """Remove a plus in front of a column or literal: the server ignores it, also in the name."""
    if isinstance(expr, Unary) and expr.op == "+" and isinstance(expr.operand, _NAMED):
        return expr.operand
    return expr


_NAMED = (ColumnRef, DecimalLiteral, FloatLiteral, IntLiteral, NullLiteral, StringLiteral)


_NOT_IN_FRONT = "".join(map(chr, (*range(0x21), 0x7F)))
"""Blanks and control characters, which the server removes from the start of a name that is made of text."""


def _column_name(ctx: Context, ref: ColumnRef) -> str:
    found = ctx.column_of(ref)
    return found[0].columns[found[1]].name if found is not None and found[0].keeps_names else ref.column


def _first_piece(ctx: Context, literal: StringLiteral) -> str:
    """Return the first of several adjacent strings: only this one gives the column its name."""
    tokens = lexer.tokenize(ctx.text, literal.start, literal.end)
    piece = next((token for token in tokens if token.kind == lexer.STRING), None)
    return literal.value if piece is None else string_value(ctx.text[piece.start : piece.end])


def _shortened(name: str) -> str:
    """Shorten a name to the maximum length of the server's column names."""
    data = name.encode()
    return name if len(data) <= _NAME_BYTES else data[:_NAME_BYTES].decode(errors="ignore")


def _text_of(ctx: Context, expr: Expr, first: int, last: int) -> str:
    text = ctx.text[first:last]
    for start, end in reversed(_parameter_spans(expr)):
        text = text[: start - first] + "?" + text[end - first :]
    return text


def _parameter_spans(expr: Expr) -> list[tuple[int, int]]:
    return sorted((each.start, each.end) for each in walk(expr) if isinstance(each, Param))


# --- HAVING and ORDER BY ------------------------------------------------------------------------------


def _having(ctx: Context, scope: Scope, having: Expr) -> None:
    scope.clause = "having"
    ctx.evaluate(scope, having, Expected(BOOL, weak=True))
    require_one_column(ctx, having)
    scope.having_facts |= closure(ctx, when_true(ctx, having))


def _order_by(ctx: Context, scope: Scope, order_by: Sequence[OrderItem], width: int) -> None:
    scope.clause = "order"
    scope.aggregates_allowed = scope.grouped or scope.implicit
    for item in order_by:
        expr = item.expr
        if isinstance(expr, IntLiteral):
            if not 1 <= expr.value <= width:
                ctx.report(f"position {expr.value} in ORDER BY: the select list has {width} columns", expr)
        elif isinstance(expr, ColumnRef):
            ctx.evaluate_top(scope, expr)
        elif isinstance(expr, OrderByMacro):
            ctx.evaluate(scope, expr)
        else:
            ctx.evaluate(scope, expr)
            require_one_column(ctx, expr)
