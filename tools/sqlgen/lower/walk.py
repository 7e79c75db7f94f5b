"""Walks a syntax tree in the order of the text, with the parent of each node."""

from collections.abc import Iterator
from typing import cast

from tools.sqlgen import syntax


def walk(node: syntax.Node) -> Iterator[tuple[syntax.Node, syntax.Node | None]]:
    """Yield `node` and every node below it, each with its parent. The parent of `node` itself is None."""
    stack: list[tuple[object, syntax.Node | None]] = [(node, None)]
    while stack:
        value, parent = stack.pop()
        if isinstance(value, syntax.Node):
            yield value, parent
            stack += [(getattr(value, name), value) for name in reversed(value.__struct_fields__[2:])]
        elif isinstance(value, tuple):
            items = cast("tuple[object, ...]", value)  # nodes, tuples and words
            stack += [(item, parent) for item in reversed(items)]
