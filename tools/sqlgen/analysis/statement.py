"""The analysis of one statement from end to end."""

from collections.abc import Sequence
from typing import Literal

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.dml.clauses import note_written
from tools.sqlgen.analysis.dml.delete import analyse_delete
from tools.sqlgen.analysis.dml.insert import analyse_insert
from tools.sqlgen.analysis.dml.update import analyse_update
from tools.sqlgen.analysis.expressions.evaluate import evaluate
from tools.sqlgen.analysis.named_orders import order_columns
from tools.sqlgen.analysis.named_tables import base_table
from tools.sqlgen.analysis.pages import check_pages
from tools.sqlgen.analysis.place import Block, Environment, place_in
from tools.sqlgen.analysis.query import analyse_query
from tools.sqlgen.analysis.results import QueryResult
from tools.sqlgen.analysis.scope import Namespace
from tools.sqlgen.analysis.unread_common_tables import findings_of
from tools.sqlgen.analysis.values import Expected
from tools.sqlgen.analysis.views import resolve_view, result_column
from tools.sqlgen.catalog import Catalog
from tools.sqlgen.diagnostics import SqlError, did_you_mean
from tools.sqlgen.input.annotations import NamedOrder
from tools.sqlgen.ir.query import AnalysedQuery, Cardinality
from tools.sqlgen.syntax.ast import (
    CallProcedure,
    Delete,
    Expr,
    Insert,
    Node,
    OtherStatement,
    Param,
    Query,
    QueryStatement,
    SetVariables,
    Truncate,
    Update,
    UserVariable,
)

StatementKind = Literal["select", "insert", "replace", "update", "delete", "truncate", "call", "set"]
_NO_RESULT = QueryResult(())


def analyse(
    statement: QueryStatement,
    catalog: Catalog,
    text: str,
    *,
    orders: Sequence[NamedOrder] = (),
) -> tuple[AnalysedQuery | None, list[SqlError]]:
    """Analyse one statement; returns the query, or None if a finding is an error, and the findings.

    `text` is the text of the file that the statement's offsets point into. Findings may be warnings only.
    """
    return analyse_in(new_context(catalog, text, orders), statement)


def new_context(catalog: Catalog, text: str, orders: Sequence[NamedOrder] = ()) -> Context:
    """Return the state for the analysis of one statement of that text."""
    return Context(catalog, text, analyse_query, evaluate, resolve_view, orders)


def analyse_in(ctx: Context, statement: QueryStatement) -> tuple[AnalysedQuery | None, list[SqlError]]:
    """Do what `analyse` does; `ctx` then has the scopes and the typed expressions of the statement."""
    found = _analyse_once(ctx, statement)
    if changed := ctx.parameters.changed():
        ctx.begin(changed)
        found = _analyse_once(ctx, statement)
    return found


def _analyse_once(ctx: Context, statement: QueryStatement) -> tuple[AnalysedQuery | None, list[SqlError]]:
    kind, result = _analyse_statement(ctx, statement)
    by_orders = order_columns(ctx, result)
    check_pages(ctx, statement)
    parameters, contradictions = ctx.parameters.results()
    findings = sorted((*findings_of(ctx), *contradictions), key=lambda each: (each.start, each.end))
    if any(finding.severity == "error" for finding in findings):
        return None, findings
    query = AnalysedQuery(
        kind=kind,
        columns=tuple(result_column(column) for column in result.columns),
        parameters=parameters,
        cardinality=_cardinality(result),
        embeds=result.embeds,
        whole_table=result.whole_table,
        tables_read=tuple(ctx.tables_read),
        tables_written=tuple(ctx.tables_written),
        order_columns=by_orders,
    )
    return query, findings


def _cardinality(result: QueryResult) -> Cardinality:
    if not result.columns:
        return "none"  # also of SELECT * from a table of unknown columns
    if result.max_one:
        return "one" if result.min_one else "zero_or_one"
    return "many"


def _analyse_statement(ctx: Context, statement: QueryStatement) -> tuple[StatementKind, QueryResult]:
    """Analyse a statement of any kind; returns its kind and its rows."""
    match statement:
        case Query():
            return "select", ctx.analyse_query(ctx, statement, Environment())
        case Insert():
            return ("replace" if statement.replace else "insert"), analyse_insert(ctx, statement)
        case Update():
            analyse_update(ctx, statement)
            return "update", _NO_RESULT
        case Delete():
            return "delete", analyse_delete(ctx, statement)
        case Truncate():
            relation = base_table(ctx, Block(statement, Environment()), statement.table)
            note_written(ctx, relation)
            return "truncate", _NO_RESULT
        case CallProcedure():
            _call(ctx, statement)
            return "call", _NO_RESULT
        case SetVariables():
            _values(ctx, statement, statement.values)
            return "set", _NO_RESULT
        case OtherStatement():
            hint = "write INSERT ... ON DUPLICATE KEY UPDATE" if statement.verb == "MERGE" else None
            ctx.report(f"{statement.verb} is not a statement that a query file can hold", statement, hint)
            return "set", _NO_RESULT


def _values(
    ctx: Context, statement: Node, values: Sequence[Expr], expected: Sequence[Expected | None] = ()
) -> None:
    place = place_in(Block(statement, Environment()), "values", Namespace())
    for index, value in enumerate(values):
        ctx.evaluate(place, value, expected[index] if index < len(expected) else None)


def _call(ctx: Context, call: CallProcedure) -> None:
    """Analyse the arguments of a CALL with the types of the procedure's head. A parameter of a procedure takes NULL."""
    procedure = ctx.catalog.procedure(call.name, call.schema)
    known = call.schema is None or ctx.catalog.database(call.schema) is not None
    if procedure is None and known:
        names = [each.name for each in ctx.catalog.procedures()]
        ctx.report(f"unknown procedure '{call.name}'", call, did_you_mean(call.name, names))
    parameters = procedure.parameters if procedure is not None else None
    if parameters is None:
        _values(ctx, call, call.args)
        return
    if len(parameters) != len(call.args):
        takes = ", ".join(f"{each.mode} {each.name}" for each in parameters) or "none"
        ctx.report(
            f"{call.name} takes {len(parameters)} arguments, not {len(call.args)}", call, f"they are: {takes}"
        )
    for parameter, arg in zip(parameters, call.args, strict=False):
        if parameter.mode != "IN" and not isinstance(arg, (UserVariable, Param)):
            ctx.report(f"{parameter.mode} {parameter.name} takes a variable", arg, f"write @{parameter.name}")
    _values(ctx, call, call.args, [Expected(each.type, name=each.name, assigned=True) for each in parameters])
