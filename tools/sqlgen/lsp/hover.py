"""Hover: a query, a table, a column, an expression, a parameter, a function."""

from tools.sqlgen.analysis.scope import Relation
from tools.sqlgen.catalog import Table
from tools.sqlgen.explain.nullability import Nullability
from tools.sqlgen.explain.query import Explainer, QueryExplanation
from tools.sqlgen.explain.reason import Reason, type_text
from tools.sqlgen.explain.source import AnalysedSource
from tools.sqlgen.lsp.documents import Unit
from tools.sqlgen.lsp.lookup import expression_at, node_at, qualifier_at
from tools.sqlgen.lsp.signatures import signature_of
from tools.sqlgen.syntax.ast import Call, Expr, Node, Param, Query, SelectItem, TableName


def hover(unit: Unit, explainer: Explainer, offset: int) -> str | None:
    """The Markdown for an offset in the file; None if there is nothing to say."""
    analysed = unit.analysed
    if analysed is None:
        return None
    if unit.source.start <= offset < unit.source.end:
        explanation = explainer.explain(unit.query.checked.source, analysed)
        return query_markdown(explanation) if explanation else None
    return _of_node(analysed, explainer, offset - unit.start)


def _of_node(source: AnalysedSource, explainer: Explainer, offset: int) -> str | None:
    node = node_at(source, offset)
    relation = qualifier_at(source, offset)
    if relation is not None:
        return relation_markdown(relation, source)
    if isinstance(node, TableName):
        found = source.relation_of(node)
        return relation_markdown(found, source) if found is not None else None
    if isinstance(node, Param):
        return _parameter(source, explainer, node)
    expr = expression_at(source, offset)
    if isinstance(expr, Call) and offset <= expr.name_end:
        signature = signature_of(expr.name)
        head = f"```\n{signature.label}\n```\n\n" if signature else ""
        return head + (_expression(source, expr) or "")
    return _expression(source, expr) if expr is not None else None


def _expression(source: AnalysedSource, expr: Expr) -> str | None:
    value = source.ctx.info.typed.get(expr)
    if value is None:
        return None
    select = source.select_at(expr.start)
    null = "may be NULL" if value.nullable else "NOT NULL"
    lines = [f"`{source.shown(expr)}`: **{type_text(value.type)}**, {null}"]
    if select is not None:
        reason = _selected(source, expr) or Nullability(source).of_expr(select.place("order"), expr)
        if reason.nullable == value.nullable:
            lines += _reason_list(reason)
    return "\n\n".join(lines[:1]) + ("\n\n" + "\n".join(lines[1:]) if len(lines) > 1 else "")


def _selected(source: AnalysedSource, expr: Expr) -> Reason | None:
    """The reason for an expression that is a result column of the statement."""
    parent: Node | None = source.parents.get(expr)
    query = source.query
    if query is None or not isinstance(parent, SelectItem) or not isinstance(source.statement, Query):
        return None
    found = [
        at
        for at, column in enumerate(query.columns)
        if (column.start, column.end) == (parent.start, parent.end)
    ]
    return Nullability(source).of_column(found[0]) if len(found) == 1 else None


def _reason_list(reason: Reason) -> list[str]:
    return [f"{' ' * (len(line) - len(line.lstrip()))}- {line.strip()}" for line in reason.lines()]


def _parameter(source: AnalysedSource, explainer: Explainer, param: Param) -> str | None:
    query = source.query
    if query is None:
        return None
    for parameter, shown in zip(query.parameters, explainer.parameters(query, source), strict=True):
        if (param.start, param.end) in parameter.uses:
            return f"parameter `{shown.name}: {shown.python}` (**{shown.sql_type}**)\n\n- {shown.source}"
    return None


def query_markdown(explanation: QueryExplanation) -> str:
    """A query as hover shows it: its rows with the reasons, its columns, its parameters."""
    lines = [f"**{explanation.name}** `{explanation.command}` returns {explanation.rows}", ""]
    lines += [f"- {reason}" for reason in explanation.row_reasons]
    for title, rows in (
        ("column", [(each.name, each.sql_type, each.python) for each in explanation.columns]),
        ("parameter", [(each.name, each.sql_type, each.python) for each in explanation.parameters]),
    ):
        if rows:
            lines += ["", f"| {title} | SQL | Python |", "|---|---|---|"]
            lines += [f"| {name} | {sql_type} | `{_cell(python)}` |" for name, sql_type, python in rows]
    return "\n".join(lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def relation_markdown(relation: Relation, source: AnalysedSource) -> str:
    """A table, view or subquery of FROM with its columns."""
    if relation.table is not None:
        return table_markdown(relation.table, source)
    lines = [f"**{relation.name}**: a subquery", "", "| column | SQL | |", "|---|---|---|"]
    lines += [
        f"| {each.name} | {type_text(each.type)} | {'' if each.nullable or each.nullability_sources else 'NOT NULL'} |"
        for each in relation.columns
    ]
    return "\n".join(lines)


def table_markdown(table: Table, source: AnalysedSource) -> str:
    place = source.places.table(table.name)
    kind = "view" if table.is_view else "table"
    lines = [f"**{table.name}**: {kind}" + (f" ({place})" if place else "")]
    if table.comment:
        lines += ["", table.comment]
    lines += ["", "| column | SQL | |", "|---|---|---|"]
    lines += [
        f"| {column.name} | {type_text(column.type)} | {'' if column.nullable else 'NOT NULL'} |"
        for column in table.columns
    ]
    for key in table.keys:
        lines += ["", f"{key.kind} {key.name or ''} ({', '.join(key.columns)})".replace("  ", " ")]
    return "\n".join(lines)
