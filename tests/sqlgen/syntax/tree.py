"""Trees as the tests look at them."""

from collections.abc import Iterator
from typing import cast

import msgspec

from tools.sqlgen.syntax.ast import (
    Between,
    Binary,
    BoolLiteral,
    Call,
    Case,
    Cast,
    Collate,
    ColumnRef,
    Derived,
    In,
    Interval,
    IntLiteral,
    IsTest,
    Join,
    Like,
    Node,
    NullLiteral,
    Param,
    Query,
    Row,
    Select,
    SetOperation,
    StringLiteral,
    TableName,
    Unary,
)


def children(node: Node) -> Iterator[Node]:
    """The nodes right below a node, in order of its fields."""
    for field in node.__struct_fields__:
        yield from _nodes(getattr(node, field))


def _nodes(value: object) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, tuple):
        for each in cast("tuple[object, ...]", value):
            yield from _nodes(each)


def walk(node: Node) -> Iterator[Node]:
    yield node
    for child in children(node):
        yield from walk(child)


def bare(node: object) -> object:
    """A tree without offsets, for comparing what two texts mean."""
    if isinstance(node, Node):
        fields = {name: bare(getattr(node, name)) for name in node.__struct_fields__}
        for name in ("start", "end", "name_end", "values_start", "values_end"):
            fields.pop(name, None)
        return (type(node).__name__, tuple(fields.items()))
    if isinstance(node, tuple):
        return tuple(bare(each) for each in cast("tuple[object, ...]", node))
    return node


def show(node: object) -> str:  # noqa: PLR0912 - one branch a kind of node
    """An expression or table reference with every operator in parentheses."""
    match node:
        case ColumnRef(column=column, table=table):
            return f"{table}.{column}" if table else column
        case IntLiteral(value=value) | BoolLiteral(value=value):
            return str(value)
        case StringLiteral(value=text):
            return repr(text)
        case NullLiteral():
            return "NULL"
        case Param(kind=kind, name=name):
            return f"{kind}:{name}" if name else "?"
        case Unary(op=op, operand=operand):
            return f"({op} {show(operand)})"
        case Binary(op=op, left=left, right=right):
            return f"({show(left)} {op} {show(right)})"
        case IsTest(operand=operand, test=test, negated=negated):
            return f"({show(operand)} IS {'NOT ' if negated else ''}{test})"
        case Like(operand=operand, pattern=pattern, negated=negated):
            return f"({show(operand)} {'NOT ' if negated else ''}LIKE {show(pattern)})"
        case Between(operand=operand, low=low, high=high, negated=negated):
            return f"({show(operand)} {'NOT ' if negated else ''}BETWEEN {show(low)} AND {show(high)})"
        case In(operand=operand, items=items, negated=negated):
            inner = "query" if isinstance(items, Query) else ", ".join(map(show, items))
            return f"({show(operand)} {'NOT ' if negated else ''}IN [{inner}])"
        case Interval(value=value, unit=unit):
            return f"INTERVAL {show(value)} {unit}"
        case Collate(operand=operand, collation=collation):
            return f"({show(operand)} COLLATE {collation})"
        case Cast(operand=operand, type=type_):
            return f"CAST({show(operand)} AS {type_.name}{list(type_.args) or ''})"
        case Case(operand=operand, whens=whens, otherwise=otherwise):
            parts = [f"{show(each.condition)}: {show(each.result)}" for each in whens]
            return f"CASE({show(operand) if operand else ''} {'; '.join(parts)} ELSE {show(otherwise)})"
        case Call(name=name, args=args):
            return f"{name}({', '.join(map(show, args))})"
        case Row(items=items):
            return f"ROW({', '.join(map(show, items))})"
        case _:
            return _show_table(node)


def _show_table(node: object) -> str:
    match node:
        case TableName(name=name, alias=alias):
            return alias or name
        case Derived(alias=alias):
            return f"derived {alias}"
        case Join(kind=kind, left=left, right=right, on=on, using=using, natural=natural):
            how = f" ON {show(on)}" if on else f" USING {','.join(using)}" if using else ""
            return f"({show(left)} {'NATURAL ' if natural else ''}{kind} {show(right)}{how})"
        case SetOperation(op=op, all=keep_all, left=left, right=right):
            return f"({show(left)} {op}{' ALL' if keep_all else ''} {show(right)})"
        case Query(body=body):
            return show(body)
        case Select(items=items):
            return f"select {', '.join(show(item.expr) for item in items)}"
        case None:
            return "none"
        case _:
            return type(node).__name__


def same(left: Node, right: Node) -> bool:
    """True if two trees are equal except for their offsets."""
    return bare(left) == bare(right)


def encoded(node: Node) -> bytes:
    """A tree as bytes, for comparing exactly."""
    return msgspec.json.encode(msgspec.to_builtins(node))
