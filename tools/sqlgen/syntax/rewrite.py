"""Builds a changed copy of a syntax tree. Nodes are immutable, and nodes without a change below them are shared."""

from collections.abc import Callable, Sequence
from typing import TypeVar, cast

import msgspec

from tools.sqlgen.syntax.ast import Node
from tools.sqlgen.syntax.visitor import node_fields

N = TypeVar("N", bound=Node)
Rule = Callable[[Node], Sequence[Node] | None]
"""Returns the nodes that replace a node: several are possible only for a member of a list. None keeps the node."""


def rewritten(node: N, rule: Rule) -> N:
    """Apply `rule` to every node below `node`, from the top down, but not to the nodes that it returns."""
    changes: dict[str, object] = {}
    for name in node_fields(node):
        before: object = getattr(node, name)
        after = _rewritten_value(before, rule)
        if after is not before:
            changes[name] = after
    return msgspec.structs.replace(node, **changes) if changes else node


def _rewritten_value(value: object, rule: Rule) -> object:
    if isinstance(value, Node):
        replaced = rule(value)
        if replaced is None:
            return rewritten(value, rule)
        [single] = replaced
        return single
    if isinstance(value, tuple):
        return _rewritten_items(cast("tuple[object, ...]", value), rule)
    return value


def _rewritten_items(items: tuple[object, ...], rule: Rule) -> tuple[object, ...]:
    found: list[object] = []
    for item in items:
        if not isinstance(item, Node):
            found.append(_rewritten_value(item, rule))
            continue
        replaced = rule(item)
        found.extend([rewritten(item, rule)] if replaced is None else replaced)
    unchanged = len(found) == len(items) and all(a is b for a, b in zip(found, items, strict=True))
    return items if unchanged else tuple(found)
