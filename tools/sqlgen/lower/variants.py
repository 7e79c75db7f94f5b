"""Lists every SQL text that a generated function can send."""

from collections.abc import Iterator, Sequence
from itertools import product

from msgspec import Struct

from tools.sqlgen.input.annotations import NamedOrder
from tools.sqlgen.ir.query import AnalysedQuery
from tools.sqlgen.lower.rendering import Argument, Choice, render
from tools.sqlgen.lower.template import AfterCursor, OptionalCondition, Template, flat_parts

_MOST_VARIANTS = 256


class Variant(Struct, frozen=True):
    """One SQL text, with `?` as placeholders."""

    label: str
    """The choice, for messages: `category_id, order=newest, after`. Empty if there is no choice."""
    sql: str
    arguments: tuple[Argument, ...]
    """In the order of the placeholders; a slice is one argument with many placeholders."""
    choice: Choice


def variants(template: Template, query: AnalysedQuery, orders: Sequence[NamedOrder]) -> Iterator[Variant]:
    """Yield every variant, with two elements in each slice.

    If there are more than 256 combinations: no condition, each condition alone, and all conditions together,
    in every order.
    """
    for choice in _choices(template, orders):
        sql, arguments = render(template, choice)
        yield Variant(_label(choice, query), sql, arguments, choice)


def _choices(template: Template, orders: Sequence[NamedOrder]) -> Iterator[Choice]:
    switches = _switches(template)
    named: Sequence[NamedOrder | None] = orders or (None,)
    cursors = (False, True) if any(isinstance(p, AfterCursor) for p in flat_parts(template)) else (False,)
    if 2 ** len(switches) * len(named) * len(cursors) <= _MOST_VARIANTS:
        subsets = [
            _union(group for group, on in zip(switches, bits, strict=True) if on)
            for bits in product((False, True), repeat=len(switches))
        ]
    else:
        subsets = [frozenset[int](), *switches, _union(switches)]
    for given, order, after in product(subsets, named, cursors):
        yield Choice(given, order, after)


def _switches(template: Template) -> list[frozenset[int]]:
    """For each optional condition, the parameters that must all be given."""
    conditions = (part for part in flat_parts(template) if isinstance(part, OptionalCondition))
    return list(dict.fromkeys(frozenset(condition.switches) for condition in conditions))


def _union(groups: "Iterator[frozenset[int]] | Sequence[frozenset[int]]") -> frozenset[int]:
    return frozenset[int]().union(*groups)


def _label(choice: Choice, query: AnalysedQuery) -> str:
    names = [query.parameters[index].name or f"?{index + 1}" for index in sorted(choice.given)]
    if choice.order:
        names.append(f"order={choice.order.name}")
    if choice.after:
        names.append("after")
    return ", ".join(names)
