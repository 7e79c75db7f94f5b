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


def children(node: Node) -> list[Node]:
    """The nodes directly below."""
    found: list[Node] = []
    for name in node_fields(node):
        value: object = getattr(node, name)
        if isinstance(value, Node):
            found.append(value)
        elif isinstance(value, tuple):
            _add_nodes(found, cast("tuple[object, ...]", value))
    return found


def _add_nodes(found: list[Node], values: tuple[object, ...]) -> None:
    for each in values:
        if isinstance(each, Node):
            found.append(each)
        elif isinstance(each, tuple):
            _add_nodes(found, cast("tuple[object, ...]", each))


_LEAVES = (ColumnRef, IntLiteral, StringLiteral, BytesLiteral, Param)


def walk(node: Node, *, into_queries: bool = True) -> Iterator[Node]:
    """The node and everything below it, from the top down."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        if isinstance(current, _LEAVES):
            continue
        below = children(current)
        if not into_queries:
            below = [child for child in below if not isinstance(child, Query)]
        below.reverse()
        stack += below


def walk_with_parents(node: Node) -> Iterator[tuple[Node, Node | None]]:
    """Yield the node and everything below it in the order of the text, each with its parent; the root has none."""
    stack: list[tuple[Node, Node | None]] = [(node, None)]
    while stack:
        current, parent = stack.pop()
        yield current, parent
        if not isinstance(current, _LEAVES):
            stack += [(child, current) for child in reversed(children(current))]
