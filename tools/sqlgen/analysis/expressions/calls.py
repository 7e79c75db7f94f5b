"""Function calls: arguments typed by the function table, aggregates and windows checked by their place."""

from collections.abc import Callable, Sequence

import msgspec

from tools.sqlgen.analysis.consequences import closure
from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.expression_key import column_references, expression_key
from tools.sqlgen.analysis.expressions.coercion import (
    common_source_column,
    evaluate_branches,
    evaluate_coerced,
)
from tools.sqlgen.analysis.expressions.dates import shift_date
from tools.sqlgen.analysis.expressions.operand_checks import refuse_geometries, require_one_column
from tools.sqlgen.analysis.expressions.windows import frame_may_be_empty, visit_window
from tools.sqlgen.analysis.facts import NonEmpty, NonZero
from tools.sqlgen.analysis.json_shapes import common_shape, json_of_call
from tools.sqlgen.analysis.names import find_relation
from tools.sqlgen.analysis.place import Place, has_facts, proven
from tools.sqlgen.analysis.predicates import when_not_true, when_true
from tools.sqlgen.analysis.values import Expected
from tools.sqlgen.diagnostics import did_you_mean
from tools.sqlgen.functions.rules import HINTS, Rule, literal_int
from tools.sqlgen.functions.servers import is_missing, replacement
from tools.sqlgen.functions.table import FUNCTIONS
from tools.sqlgen.syntax.ast import (
    Call,
    ColumnRef,
    Interval,
    IntLiteral,
    NullLiteral,
    Param,
    Star,
    UserVariable,
)
from tools.sqlgen.syntax.visitor import walk
from tools.sqlgen.types.json_shape import JsonAny
from tools.sqlgen.types.sql_type import BIGINT, BOOL, DOUBLE, TIME, VARCHAR, family
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
        return _window_call(ctx, place, call, rule)
    if rule.kind == "aggregate":
        return _aggregate(ctx, place, call, rule)
    if (special := _SPECIAL_FORMS.get(name)) is not None:
        return special(ctx, place, call, expected)
    if name == "FIELD":  # never NULL, also where an empty slice leaves a NULL
        ctx.info.slices.update(arg for arg in call.args[1:] if isinstance(arg, Param))
    if name in _DATE_SHIFTS and isinstance(call.args[1], Interval):
        return shift_date(ctx, place, call.args[0], call.args[1], expected)
    values = arguments(ctx, place, call, rule, expected)
    return _result(ctx, place, call, rule, values)


def _wrong_call(ctx: Context, place: Place, call: Call) -> TypedExpr:
    """Analyse the arguments of a call that has a finding already."""
    for arg in call.args:
        if not isinstance(arg, Star):
            ctx.evaluate(place, arg)
    return UNKNOWN_EXPR


def _rule_of(ctx: Context, call: Call) -> Rule | None:
    """The rule of a built-in function of the server; None for any other function."""
    name = call.name.upper()
    if call.schema is not None or is_missing(name, ctx.catalog.server):
        return None
    return FUNCTIONS.get(name)


def _sequence_value(ctx: Context, place: Place, call: Call, _expected: Expected | None) -> TypedExpr:
    """NEXTVAL(s), LASTVAL(s), SETVAL(s, n) of MariaDB: the first argument names a sequence."""
    sequence = call.args[0]
    if not isinstance(sequence, ColumnRef):
        ctx.report(f"{call.name.upper()} takes the name of a sequence", call)
        return UNKNOWN_EXPR
    known = ctx.catalog.has_sequence(sequence.column, sequence.table)
    if not known and ctx.catalog.table(sequence.column, sequence.table) is None:
        ctx.report(f"unknown sequence '{sequence.column}'", sequence)
    for arg in call.args[1:]:
        ctx.evaluate(place, arg, Expected(BIGINT))
    return TypedExpr(BIGINT, nullable=call.name.upper() != "NEXTVAL")


def _stored_function(ctx: Context, place: Place, call: Call) -> TypedExpr:
    """Analyse a call of a function that is not built in: the schema's own, or one of an unknown database.

    The result may be NULL, regardless of the arguments.
    """
    function = ctx.catalog.function(call.name, call.schema)
    parameters = function.parameters if function is not None else None
    for index, arg in enumerate(call.args):
        if not isinstance(arg, Star):
            wanted = Expected(parameters[index]) if parameters and index < len(parameters) else None
            ctx.evaluate(place, arg, wanted)
    if function is not None:
        if parameters is not None and len(parameters) != len(call.args):
            message = f"{call.name} takes {len(parameters)} arguments, not {len(call.args)}"
            ctx.report_span(message, call.start, call.end)
        return TypedExpr(function.returns, nullable=True)
    if call.schema is None:
        hint = replacement(call.name.upper()) or did_you_mean(call.name, FUNCTIONS)
        end = call.name_end or call.start + len(call.name)
        ctx.report_span(f"unknown function '{call.name}'", call.start, end, hint)
    elif ctx.catalog.database(call.schema) is not None or find_relation(place, call.schema) is not None:
        ctx.report(f"unknown function '{call.schema}.{call.name}'", call)
    return UNKNOWN_EXPR


def _check_call(ctx: Context, call: Call, rule: Rule) -> bool:
    """Report a wrong number of arguments and a wrong kind of call."""
    name = call.name.upper()
    end = call.name_end or call.start + len(call.name)
    if rule.kind == "window" and call.over is None:
        ctx.report_span(f"{name} is a window function", call.start, end, "add OVER (...)")
        return False
    if rule.kind == "scalar" and call.over is not None:
        ctx.report_span(f"{name} is no window function", call.start, end, "leave OVER out")
        return False
    if name == "COUNT" and len(call.args) == 1 and isinstance(call.args[0], Star):
        return True
    if call.distinct and rule.kind != "aggregate":
        ctx.report_span(f"{name} takes no DISTINCT", call.start, end)
        return False
    if call.ignore_nulls or call.from_last:
        ctx.report("MySQL has neither IGNORE NULLS nor FROM LAST", call)
        return False
    if not rule.signature.accepts(len(call.args)):
        expected = rule.signature.expected()
        ctx.report_span(f"{name} takes {expected} arguments, not {len(call.args)}", call.start, call.end)
        return False
    return True


def arguments(
    ctx: Context, place: Place, call: Call, rule: Rule, expected: Expected | None = None
) -> list[TypedExpr]:
    """The values of the arguments; parameters among them get types by the signature, peers by each other."""
    letters = [rule.signature.letter(index) for index in range(len(call.args))]
    values: dict[int, TypedExpr] = {}
    peers = [index for index, letter in enumerate(letters) if letter == "p"]
    if peers:
        fallback = _EXPECTED_AMONG_PEERS.get(call.name.upper(), expected)
        found = evaluate_coerced(ctx, place, [call.args[index] for index in peers], fallback)
        values.update(zip(peers, found, strict=True))
    for index, (letter, arg) in enumerate(zip(letters, call.args, strict=True)):
        if index not in values:
            values[index] = ctx.evaluate(place, arg, _expected_argument(call, letter, index))
    for arg in call.args:
        require_one_column(ctx, arg)
    found = [values[index] for index in range(len(call.args))]
    if call.name.upper() in _WITHOUT_GEOMETRY:
        refuse_geometries(ctx, call.name.upper(), call.args[:1], found)
    return found


_WITHOUT_GEOMETRY = frozenset(
    ("ABS", "ACOS", "ASIN", "ATAN", "ATAN2", "AVG", "BIN", "CEIL", "CEILING", "CONV", "COS", "COT", "DEGREES", "EXP",
     "FLOOR", "FORMAT", "GREATEST", "JSON_ARRAYAGG", "JSON_OBJECTAGG", "LEAST", "LN", "LOG", "LOG10", "LOG2", "MAX",
     "MIN", "MOD", "OCT", "POW", "POWER", "RADIANS", "RAND", "ROUND", "SIGN", "SIN", "SQRT", "STD", "STDDEV",
     "STDDEV_POP", "STDDEV_SAMP", "SUM", "TAN", "TRUNCATE", "VARIANCE", "VAR_POP", "VAR_SAMP")
)  # fmt: skip
"""The functions whose first argument the server refuses if it is a geometry."""


_EXPECTED_AMONG_PEERS = {
    "MOD": Expected(DOUBLE, weak=True),
    "ADDDATE": Expected(BIGINT),
    "SUBDATE": Expected(BIGINT),
}
"""The expected type of a parameter if no argument beside it has a type."""


def _expected_argument(call: Call, letter: str, index: int) -> Expected | None:
    name = call.name.upper()
    if name in {"ADDTIME", "SUBTIME"} and index == 1:
        return Expected(TIME)
    if name == "CONCAT" and letter == "s":
        return Expected(VARCHAR, name=_neighbour_name(call, index))
    hint = HINTS[letter]
    if hint is None:
        return Expected(VARCHAR, weak=True) if letter == "a" else None
    return Expected(hint, weak=letter == "c")


def _neighbour_name(call: Call, index: int) -> str | None:
    """CONCAT(name, ?): the name of the only column beside the parameter."""
    columns = [arg.column for at, arg in enumerate(call.args) if at != index and isinstance(arg, ColumnRef)]
    return columns[0] if len(columns) == 1 else None


def _result(ctx: Context, place: Place, call: Call, rule: Rule, values: Sequence[TypedExpr]) -> TypedExpr:
    name = call.name.upper()
    sql_type = rule.result(values, call.args)
    nullable = rule.nulls(values, call.args)
    if name == "MOD" and nullable and not any(value.nullable for value in values):
        found = expression_key(ctx, call.args[1])
        nullable = found is None or not proven(NonZero(found), place)
    if name == "CHAR" and _uses_charset(ctx, call):
        sql_type, nullable = VARCHAR, True
    if name == "ANY_VALUE" and place.after_grouping and (place.scope.implicit or place.scope.rollup):
        nullable = True
    source_column = values[0].source_column if rule.unchanged else None
    shape = None
    if family(sql_type) == "json":
        shape = (
            values[0].json if rule.unchanged else json_of_call(ctx, place, call, values, nullable=nullable)
        )
    opened = bool(values) and rule.unchanged and all(value.untyped for value in values)
    return TypedExpr(sql_type, nullable, source_column, shape, untyped=opened)


def _uses_charset(ctx: Context, call: Call) -> bool:
    """True for CHAR(65 USING utf8mb4): the syntax tree has only the arguments, so this reads the text."""
    last = call.args[-1].end
    return "USING" in ctx.text[last : call.end].upper()


def _if(ctx: Context, place: Place, call: Call, expected: Expected | None) -> TypedExpr:
    """IF(c, a, b): each branch is analysed with the facts that the condition proves."""
    condition, then, otherwise = call.args
    ctx.evaluate(place, condition, Expected(BOOL, weak=True))
    require_one_column(ctx, condition)
    branches = [
        (then, closure(ctx, when_true(ctx, condition))),
        (otherwise, closure(ctx, when_not_true(ctx, condition))),
    ]
    return evaluate_branches(ctx, place, branches, expected, complete=True)


def _grouping(ctx: Context, place: Place, call: Call, _expected: Expected | None) -> TypedExpr:
    """GROUPING(a, b): which of its arguments are NULL because the row is a total."""
    for arg in call.args:
        ctx.evaluate(place, arg)
        key = expression_key(ctx, arg)
        if place.clause in {"select", "having", "order"} and key not in place.scope.group_keys:
            ctx.report("GROUPING takes expressions that the query groups by", arg)
    if not place.scope.rollup:
        ctx.report("GROUPING needs GROUP BY ... WITH ROLLUP", call)
    return TypedExpr(BIGINT, nullable=False)


def _coalesce(ctx: Context, place: Place, call: Call, expected: Expected | None) -> TypedExpr:
    """COALESCE(a, b, ...): NULL when all are."""
    if expected is not None and expected.assigned is not None:
        # The assigned value is the result: its arguments may be NULL even if the column is NOT NULL.
        expected = msgspec.structs.replace(expected, assigned=None)
    values = evaluate_coerced(ctx, place, call.args, expected)
    for arg in call.args:
        require_one_column(ctx, arg)
    for arg in call.args[:-1]:
        ctx.parameters.note_test(arg)
    rule = FUNCTIONS["COALESCE"]
    sql_type = rule.result(values, call.args)
    nullable = all(value.nullable for value in values)
    shape = (
        common_shape([value.json for value in values], nullable=nullable)
        if family(sql_type) == "json"
        else None
    )
    return TypedExpr(
        sql_type,
        nullable,
        common_source_column(values),
        shape,
        untyped=all(value.untyped for value in values),
    )


_SPECIAL_FORMS: dict[str, Callable[[Context, Place, Call, Expected | None], TypedExpr]] = {
    "IF": _if,
    "GROUPING": _grouping,
    "COALESCE": _coalesce,
    "IFNULL": _coalesce,
    "NVL": _coalesce,
    "NEXTVAL": _sequence_value,
    "LASTVAL": _sequence_value,
    "SETVAL": _sequence_value,
}


# --- aggregates and windows ---------------------------------------------------------------------------


def _aggregate(ctx: Context, place: Place, call: Call, rule: Rule) -> TypedExpr:
    """An aggregate of the rows of a group."""
    values = _aggregate_arguments(ctx, place, call, rule)
    owner = _owner(ctx, place, call)
    if owner is place and place.in_aggregate and not place.in_window:
        ctx.report(
            f"{call.name.upper()} inside of another aggregate", call, "aggregate in a derived table first"
        )
        return UNKNOWN_EXPR
    if not owner.aggregates_allowed:
        _report_misplaced(ctx, owner, call)
    block = owner.scope
    ctx.info.owners[call] = block
    if owner is not place and not block.grouped:
        block.implicit = True
    nullable = rule.nulls(values, call.args)
    if (block.implicit or block.rollup) and call.name.upper() not in _NEVER_NULL:
        nullable = nullable or not proven(NonEmpty(block.id), owner)
    if nullable and call.name.upper() in _NULL_WITHOUT_VALUES:
        nullable = not _counted(ctx, place, call)
    return _aggregate_value(ctx, place, call, rule, values, nullable=nullable)


def _counted(ctx: Context, place: Place, call: Call) -> bool:
    """True if COUNT of the same argument is proven to be positive: then one value is not NULL."""
    if not has_facts(place):
        return False
    count = msgspec.structs.replace(call, name="COUNT", distinct=False, order_by=(), separator=None)
    found = expression_key(ctx, count)
    return found is not None and proven(NonZero(found), place)


_NULL_WITHOUT_VALUES = frozenset(
    ("SUM", "AVG", "MIN", "MAX", "GROUP_CONCAT", "STD", "STDDEV", "STDDEV_POP", "VAR_POP", "VARIANCE")
)
"""Aggregates that are NULL only if every value of the group is NULL."""

_NEVER_NULL = frozenset(("COUNT", "BIT_AND", "BIT_OR", "BIT_XOR"))


def _aggregate_arguments(ctx: Context, place: Place, call: Call, rule: Rule) -> list[TypedExpr]:
    inside = place.inside_aggregate()
    if len(call.args) == 1 and isinstance(call.args[0], Star):
        values = [TypedExpr(BIGINT, nullable=False)]
    else:
        values = arguments(ctx, inside, call, rule)
    for item in call.order_by:
        ctx.evaluate(inside, item.expr)
    return values


def _aggregate_value(
    ctx: Context, place: Place, call: Call, rule: Rule, values: Sequence[TypedExpr], *, nullable: bool
) -> TypedExpr:
    sql_type = rule.result(values, call.args)
    source_column = values[0].source_column if rule.unchanged else None
    shape = None
    if family(sql_type) == "json":
        shape = (
            JsonAny(nullable) if rule.unchanged else json_of_call(ctx, place, call, values, nullable=nullable)
        )
    return TypedExpr(sql_type, nullable, source_column, shape)


def _owner(ctx: Context, place: Place, call: Call) -> Place:
    """Return the query block whose rows an aggregate reads: the innermost one whose columns it reads.

    If that block cannot aggregate there (in its WHERE), the next inner block that can is the owner. An aggregate
    without columns belongs to its own block, or to the outermost block that can aggregate.
    """
    has_columns = any(isinstance(each, ColumnRef) for arg in call.args for each in walk(arg))
    if not has_columns and place.aggregates_allowed:
        return place
    chain: list[Place] = []
    for each in place.chain():
        chain.append(each)
        if has_columns and any(column_references(ctx, arg, each.namespace) for arg in call.args):
            break
    return next((each for each in reversed(chain) if each.aggregates_allowed), place)


def _report_misplaced(ctx: Context, place: Place, call: Call) -> None:
    hint = {"where": "filter groups in HAVING", "order": "the query aggregates nothing else"}.get(
        place.clause
    )
    ctx.report(f"aggregate {call.name.upper()} in {place.clause_name}", call, hint)


def _window_call(ctx: Context, place: Place, call: Call, rule: Rule) -> TypedExpr:
    """A function over a window of rows."""
    if place.clause not in {"select", "order"} or place.in_aggregate or place.in_window:
        where = (
            "an aggregate"
            if place.in_aggregate
            else "another window function"
            if place.in_window
            else place.clause_name
        )
        ctx.report(
            f"window function {call.name.upper()} in {where}",
            call,
            "compute it in a derived table and use its column",
        )
        return UNKNOWN_EXPR
    inside = place.inside_window()
    values = _window_arguments(ctx, inside, call, rule)
    visit_window(ctx, inside, call.over, call)
    check_row_counts(ctx, call)
    empty = frame_may_be_empty(place, call.over)
    nullable = _window_nullable(call, rule, values, empty=empty)
    name = call.name.upper()
    if name in {"LAG", "LEAD"}:
        return _shifted_row(values, rule, call)
    if call.distinct and ctx.catalog.server != "mariadb":
        ctx.report(f"{name}(DISTINCT ...) takes no OVER", call, "make the rows distinct in a derived table")
    if name in {"GROUP_CONCAT", "ANY_VALUE"}:
        ctx.report(f"{name} takes no OVER", call)
    return _aggregate_value(
        ctx, place, call, rule, values, nullable=nullable if name not in _NEVER_NULL else False
    )


def check_row_counts(ctx: Context, call: Call) -> None:
    """Rows to look back, buckets, the nth row: a literal or a parameter."""
    at = {"LAG": 1, "LEAD": 1, "NTILE": 0, "NTH_VALUE": 1}.get(call.name.upper())
    if at is None or at >= len(call.args):
        return
    count = call.args[at]
    if isinstance(count, (Param, UserVariable, IntLiteral)):
        return
    if call.name.upper() != "NTH_VALUE" or not (
        isinstance(count, NullLiteral) or literal_int(count) is not None
    ):
        ctx.report(f"{call.name.upper()} takes a whole number here, or a parameter", count)


def _window_arguments(ctx: Context, place: Place, call: Call, rule: Rule) -> list[TypedExpr]:
    if len(call.args) == 1 and isinstance(call.args[0], Star):
        return [TypedExpr(BIGINT, nullable=False)]
    return arguments(ctx, place, call, rule)


def _window_nullable(call: Call, rule: Rule, values: Sequence[TypedExpr], *, empty: bool) -> bool:
    name = call.name.upper()
    if name == "NTH_VALUE":
        return values[0].nullable or empty or literal_int(call.args[1]) != 1
    if rule.kind == "aggregate" or name in {"FIRST_VALUE", "LAST_VALUE"}:
        return empty or rule.nulls(values, call.args)
    return rule.nulls(values, call.args)


def _shifted_row(values: Sequence[TypedExpr], rule: Rule, call: Call) -> TypedExpr:
    """LAG and LEAD: NULL beyond the partition unless there is a default."""
    sides = [values[0], *values[2:3]]
    stays = len(call.args) > 1 and literal_int(call.args[1]) == 0
    nullable = (len(values) < 3 and not stays) or any(side.nullable for side in sides)  # noqa: PLR2004 - value, offset, default
    sql_type = rule.result(sides, call.args)
    return TypedExpr(sql_type, nullable, common_source_column(sides))
