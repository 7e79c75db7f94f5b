"""Function calls: arguments typed by the function table, aggregates and windows checked by their place."""

from collections.abc import Sequence

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.expression_key import expression_key
from tools.sqlgen.analysis.expressions.aggregates import evaluate_aggregate
from tools.sqlgen.analysis.expressions.call_arguments import arguments
from tools.sqlgen.analysis.expressions.dates import shift_date
from tools.sqlgen.analysis.expressions.special_calls import SPECIAL_CALLS
from tools.sqlgen.analysis.expressions.window_calls import evaluate_window_call
from tools.sqlgen.analysis.facts import NonZero
from tools.sqlgen.analysis.json_shapes import json_of_call
from tools.sqlgen.analysis.names import find_relation
from tools.sqlgen.analysis.place import Place, proven
from tools.sqlgen.analysis.values import Expected
from tools.sqlgen.diagnostics import did_you_mean
from tools.sqlgen.functions.rules import Rule
from tools.sqlgen.functions.servers import is_missing, replacement
from tools.sqlgen.functions.table import FUNCTIONS
from tools.sqlgen.syntax.ast import (
    Call,
    Interval,
    Star,
)
from tools.sqlgen.types.sql_type import VARCHAR, family
from tools.sqlgen.types.typed_expr import UNKNOWN_EXPR, TypedExpr

_DATE_SHIFTS = frozenset(("DATE_ADD", "DATE_SUB", "ADDDATE", "SUBDATE"))


def evaluate_call(ctx: Context, place: Place, call: Call, expected: Expected | None) -> TypedExpr:
    """The value of a function call."""
    name = call.name.upper()
    rule = _rule_of(ctx, call)
    if rule is None:
        return _stored_function(ctx, place, call)
    if not _check_call(ctx, call, rule):
        return _wrong_call(ctx, place, call)
    if call.over is not None:
        return evaluate_window_call(ctx, place, call, rule)
    if rule.kind == "aggregate":
        return evaluate_aggregate(ctx, place, call, rule)
    if (special := SPECIAL_CALLS.get(name)) is not None:
        return special(ctx, place, call, expected)
    if name == "FIELD":  # never NULL, also where an empty slice leaves a NULL
        ctx.info.slices.update(call.args[1:])
    if name in _DATE_SHIFTS and isinstance(call.args[1], Interval):
        return shift_date(ctx, place, call.args[0], call.args[1], expected)
    values = arguments(ctx, place, call, rule, expected)
    return _result(ctx, place, call, rule, values)


def _wrong_call(ctx: Context, place: Place, call: Call) -> TypedExpr:
    """Analyse the arguments of a call that has a finding already."""
    for arg in call.args:
        ctx.evaluate(place, arg)
    return UNKNOWN_EXPR


def _rule_of(ctx: Context, call: Call) -> Rule | None:
    """The rule of a built-in function of the server; None for any other function."""
    name = call.name.upper()
    if call.schema is not None or is_missing(name, ctx.catalog.server):
        return None
    return FUNCTIONS.get(name)


def _stored_function(ctx: Context, place: Place, call: Call) -> TypedExpr:
    """Analyse a call of a function that is not built in: the schema's own, or one of an unknown database.

    The result may be NULL, regardless of the arguments.
    """
    function = ctx.catalog.function(call.name, call.schema)
    parameters = function.parameters if function is not None else None
    for index, arg in enumerate(call.args):
        expected = Expected(parameters[index]) if parameters and index < len(parameters) else None
        ctx.evaluate(place, arg, expected)
    if function is not None:
        if parameters is not None and len(parameters) != len(call.args):
            message = f"{call.name} takes {len(parameters)} arguments, not {len(call.args)}"
            ctx.report_span(message, call.start, call.end)
        return TypedExpr(function.returns, nullable=True)
    if call.schema is None:
        known = (name for name in FUNCTIONS if not is_missing(name, ctx.catalog.server))
        hint = replacement(call.name.upper()) or did_you_mean(call.name, known)
        ctx.report_span(f"unknown function '{call.name}'", call.start, call.name_end, hint)
    elif ctx.catalog.database(call.schema) is not None or find_relation(place, call.schema) is not None:
        ctx.report(f"unknown function '{call.schema}.{call.name}'", call)
    return UNKNOWN_EXPR


def _check_call(ctx: Context, call: Call, rule: Rule) -> bool:
    """Report a wrong number of arguments and a wrong kind of call."""
    name = call.name.upper()
    end = call.name_end
    if rule.kind == "window" and call.over is None:
        ctx.report_span(f"{name} is a window function", call.start, end, "add OVER (...)", at_parse=True)
        return False
    if rule.kind == "scalar" and call.over is not None:
        ctx.report_span(f"{name} is no window function", call.start, end, "leave OVER out", at_parse=True)
        return False
    if name == "COUNT" and len(call.args) == 1 and isinstance(call.args[0], Star):
        return True
    if call.distinct and rule.kind != "aggregate":
        ctx.report_span(f"{name} takes no DISTINCT", call.start, end, at_parse=True)
        return False
    if call.ignore_nulls or call.from_last:
        ctx.report("MySQL has neither IGNORE NULLS nor FROM LAST", call, at_parse=True)
        return False
    if not rule.signature.accepts(len(call.args)):
        expected = rule.signature.expected()
        message = f"{name} takes {expected} arguments, not {len(call.args)}"
        ctx.report_span(message, call.start, call.end, at_parse=True)
        return False
    return True


def _result(ctx: Context, place: Place, call: Call, rule: Rule, values: Sequence[TypedExpr]) -> TypedExpr:
    name = call.name.upper()
    sql_type = rule.result_type(ctx.catalog.server, values, call.args)
    nulls = rule.in_mariadb if ctx.catalog.server == "mariadb" else None
    nullable = rule.nulls(values, call.args) or (nulls is not None and nulls(values, call.args))
    if name == "MOD" and nullable and not any(value.nullable for value in values):
        found = expression_key(ctx, call.args[1])
        nullable = found is None or not proven(NonZero(found), place)
    if name == "CHAR" and _uses_charset(ctx, call):
        sql_type, nullable = VARCHAR, True
    source_column = values[0].source_column if rule.unchanged else None
    shape = None
    if family(sql_type) == "json":
        shape = (
            values[0].json if rule.unchanged else json_of_call(ctx, place, call, values, nullable=nullable)
        )
    untyped = rule.unchanged and all(value.untyped for value in values)
    return TypedExpr(sql_type, nullable, source_column, shape, untyped=untyped)


def _uses_charset(ctx: Context, call: Call) -> bool:
    """True for CHAR(65 USING utf8mb4): the syntax tree has only the arguments, so this reads the text."""
    last = call.args[-1].end
    return "USING" in ctx.text[last : call.end].upper()
