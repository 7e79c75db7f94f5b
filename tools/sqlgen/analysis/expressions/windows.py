"""Windows: their expressions, and whether a row's frame can be without rows."""

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.expressions.operand_checks import require_one_column
from tools.sqlgen.analysis.place import Block, Place
from tools.sqlgen.analysis.values import Expected
from tools.sqlgen.diagnostics import did_you_mean
from tools.sqlgen.syntax.ast import (
    Expr,
    FrameBound,
    Interval,
    IntLiteral,
    Node,
    OrderItem,
    WindowFrame,
    WindowSpec,
)
from tools.sqlgen.types.sql_type import BIGINT, NUMERIC, TEMPORAL, family


def visit_window(ctx: Context, place: Place, over: WindowSpec | str | None, call: Node) -> None:
    """Analyse the expressions of an OVER (...), and look a named window up."""
    name = over if isinstance(over, str) else over.base if over is not None else None
    if name is not None and name.lower() not in place.block.windows:
        ctx.report(f"unknown window '{name}'", call, did_you_mean(name, place.block.windows))
    if isinstance(over, str) or over is None:
        return
    if over.base is not None and over.partition_by:
        ctx.report("a window that refines another one cannot have a PARTITION BY of its own", over)
    _check_base(ctx, place, over)
    for expr in (*over.partition_by, *(item.expr for item in over.order_by)):
        if isinstance(expr, IntLiteral):
            ctx.report(
                f"{expr.value} is no position of the select list in a window", expr, "repeat the expression"
            )
        ctx.evaluate(place, expr)
        require_one_column(ctx, expr)
    if over.frame is not None:
        _check_frame(ctx, over.frame)
        _check_range(ctx, place, over, over.frame)
        for bound in (over.frame.lower, over.frame.upper):
            if bound is not None and bound.value is not None:
                value = bound.value
                ctx.evaluate(
                    place, value, None if isinstance(value, Interval) else Expected(BIGINT, name="rows")
                )


def _check_base(ctx: Context, place: Place, over: WindowSpec) -> None:
    """Report a window that refines one with a frame, one with an order although it has its own, or itself."""
    named = place.block.windows.get(over.base.lower()) if over.base is not None else None
    if named is None:
        return
    if named.spec.frame is not None:
        ctx.report(
            f"window '{named.name}' has a frame, and cannot be refined",
            over,
            "write OVER name, without parentheses",
        )
    if over.order_by and _order_of(place, named.spec):
        ctx.report(f"window '{named.name}' has an ORDER BY already", over, "leave one of the two out")
    seen = {id(over)}
    spec: WindowSpec | None = named.spec
    while spec is not None and id(spec) not in seen:
        seen.add(id(spec))
        following = place.block.windows.get(spec.base.lower()) if spec.base is not None else None
        spec = following.spec if following is not None else None
    if spec is not None:
        ctx.report(f"window '{named.name}' refines itself", over)


_BOUNDS = ("UNBOUNDED PRECEDING", "PRECEDING", "CURRENT ROW", "FOLLOWING", "UNBOUNDED FOLLOWING")


def _check_frame(ctx: Context, frame: WindowFrame) -> None:
    """Report a frame with an impossible start or end."""
    upper = frame.upper.kind if frame.upper is not None else "CURRENT ROW"
    lower = frame.lower.kind
    if lower == "UNBOUNDED FOLLOWING" or upper == "UNBOUNDED PRECEDING":
        ctx.report(f"a frame cannot go from {lower} to {upper}", frame)
    elif _BOUNDS.index(lower) > _BOUNDS.index(upper):
        ctx.report(f"a frame cannot go from {lower} back to {upper}", frame)


def _check_range(ctx: Context, place: Place, over: WindowSpec, frame: WindowFrame) -> None:
    """Check a RANGE with a distance: it needs one ORDER BY expression, a number or a time."""
    bounds = [bound for bound in (frame.lower, frame.upper) if bound is not None and bound.value is not None]
    if frame.unit == "ROWS":
        if any(isinstance(bound.value, Interval) for bound in bounds):
            ctx.report("a frame of ROWS counts rows: INTERVAL needs RANGE", frame)
        return
    order_by = _order_of(place, over)
    if not bounds or order_by is None:
        return
    kinds = [family(ctx.evaluate(place, item.expr).type) for item in order_by]
    if len(kinds) != 1 or kinds[0] not in (NUMERIC | TEMPORAL | {"unknown"}):
        ctx.report("a RANGE frame with a distance needs one ORDER BY expression, a number or a time", frame)


def _order_of(place: Place, over: WindowSpec) -> tuple[OrderItem, ...] | None:
    """Return the ORDER BY of a window or of its base windows; None if one of these is unknown."""
    refined = _refined(place.block, over)
    for each in refined:
        if each.order_by:
            return each.order_by
    return None if refined[-1].base is not None else ()


def partitions_of(block: Block, over: WindowSpec | str) -> tuple[Expr, ...]:
    """Return the PARTITION BY of a window, which a window that refines another one inherits."""
    refined = _refined(block, over)
    return refined[-1].partition_by if refined else ()


def _refined(block: Block, over: WindowSpec | str) -> list[WindowSpec]:
    """Return a window, and each window that the one before refines, up to a name that is unknown or comes again."""
    found = [over] if isinstance(over, WindowSpec) else []
    base = over if isinstance(over, str) else over.base
    while base is not None and (named := block.windows.get(base.lower())) and named.spec not in found:
        found.append(named.spec)
        base = named.spec.base
    return found


def frame_of(place: Place, over: WindowSpec | str | None) -> WindowFrame | None:
    """Return the frame that a window states. It inherits none: a window with a frame cannot be refined."""
    if isinstance(over, str):
        named = place.block.windows.get(over.lower())
        over = named.spec if named is not None else None
    return over.frame if over is not None else None


def frame_may_be_empty(place: Place, over: WindowSpec | str | None) -> bool:
    """True if the frame of a row can be empty: it need not contain the row itself.

    A date that is moved out of the range of dates is NULL: a frame that begins or ends there is empty.
    """
    frame = frame_of(place, over)
    if frame is None:
        return False
    upper = frame.upper or FrameBound(frame.start, frame.end, "CURRENT ROW")
    starts_by_now = frame.lower.kind in {"UNBOUNDED PRECEDING", "PRECEDING", "CURRENT ROW"}
    ends_from_now = upper.kind in {"CURRENT ROW", "FOLLOWING", "UNBOUNDED FOLLOWING"}
    moves_date = any(isinstance(bound.value, Interval) for bound in (frame.lower, upper))
    return moves_date or not (starts_by_now and ends_from_now)
