"""Walks over syntax trees."""

from collections.abc import Iterator
from typing import cast

from tools.sqlgen.syntax.ast import BytesLiteral, ColumnRef, IntLiteral, Node, Param, Query, StringLiteral

_SKIPPED = frozenset(("start", "end", "name_end"))


_FIELDS: dict[type, tuple[str, ...]] = {}


def node_fields(node: Node) -> tuple[str, ...]:
    found = _FIELDS.get(type(node))
    if found is None:
        found = tuple(name for name in node.__struct_fields__ if name not in _SKIPPED)
        _FIELDS[type(node)] = found
    return found


def children(node: Node) -> Iterator[Node]:
    """The nodes directly below."""
    for name in node_fields(node):
        value: object = getattr(node, name)
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple):
            yield from _nodes_in(cast("tuple[object, ...]", value))


def _nodes_in(values: tuple[object, ...]) -> Iterator[Node]:
    for each in values:
        if isinstance(each, Node):
            yield each
        elif isinstance(each, tuple):
            yield from _nodes_in(cast("tuple[object, ...]", each))


_LEAVES = (ColumnRef, IntLiteral, StringLiteral, BytesLiteral, Param)


def walk(node: Node, *, into_queries: bool = True) -> Iterator[Node]:
    """The node and everything below it, from the top down."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        if isinstance(current, _LEAVES):
            continue
        below = [child for child in children(current) if into_queries or not isinstance(child, Query)]
        stack.extend(reversed(below))


def walk_with_parents(node: Node) -> Iterator[tuple[Node, Node | None]]:
    """Yield the node and everything below it in the order of the text, each with its parent; the root has none."""
    stack: list[tuple[Node, Node | None]] = [(node, None)]
    while stack:
        current, parent = stack.pop()
        yield current, parent
        stack += [(child, current) for child in reversed(list(children(current)))]
