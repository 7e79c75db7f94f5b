"""Renders a template for one choice of optional conditions, order and cursor, as the generated code does."""

from typing import TypeAlias

from msgspec import Struct

from tools.sqlgen.input.annotations import NamedOrder
from tools.sqlgen.lower.keyset import after_cursor_sql, order_by_sql
from tools.sqlgen.lower.template import (
    AfterCursor,
    OptionalCondition,
    OrderBy,
    Part,
    SliceStyle,
    SliceValue,
    Template,
    Text,
    Value,
)

EMPTY_SET = "SELECT NULL FROM DUAL WHERE FALSE"
"""Text of an empty slice in IN (...): IN is then false and NOT IN is true, for NULL too.

`IN (NULL)` would make both NULL.
"""


MAX_PADDED = 1_024
"""Longest slice that is padded, as in runtime.py."""


class CursorField(Struct, frozen=True):
    """A value of the caller's cursor."""

    key: int
    """Index of the column in the chosen order."""


class SliceItems(Struct, frozen=True):
    """The elements of a slice."""

    parameter: int
    count: int
    """Number of placeholders."""


Argument: TypeAlias = Value | SliceItems | CursorField


class Choice(Struct, frozen=True):
    """The choice of a caller of the generated function."""

    given: frozenset[int] = frozenset()
    """Parameters of optional conditions that are given, and flags that are true."""
    order: NamedOrder | None = None
    after: bool = False
    """True if a cursor is given."""
    slice_length: int = 2


def render(template: Template, choice: Choice) -> tuple[str, tuple[Argument, ...]]:
    """Return the SQL text with `?` as placeholders, and the arguments in the order of the placeholders."""
    renderer = _Renderer(choice)
    renderer.parts(template)
    return "".join(renderer.sql), tuple(renderer.arguments)


class _Renderer:
    def __init__(self, choice: Choice) -> None:
        self.choice = choice
        self.sql: list[str] = []
        self.arguments: list[Argument] = []

    def parts(self, template: Template) -> None:
        for part in template:
            self.part(part)

    def part(self, part: Part) -> None:
        match part:
            case Text():
                self.sql.append(part.sql)
            case Value():
                self.sql.append("?")
                self.arguments.append(part)
            case SliceValue():
                count = (
                    padded_length(self.choice.slice_length) if part.is_padded else self.choice.slice_length
                )
                self.sql.append(slice_placeholders(part.style, count))
                self.arguments.append(SliceItems(part.parameter, count))
            case OptionalCondition():
                self.optional(part)
            case OrderBy():
                order = self.choice.order
                self.sql.append(order_by_sql(order, part.alias) if order else "NULL")
            case AfterCursor():
                self.after(part)

    def optional(self, part: OptionalCondition) -> None:
        if self.choice.given.issuperset(part.switches):
            self.sql.append(part.lead)
            self.parts(part.parts)
        elif not part.lead:
            self.sql.append("TRUE")

    def after(self, part: AfterCursor) -> None:
        if self.choice.after and self.choice.order:
            condition, keys = after_cursor_sql(self.choice.order, part.alias)
            self.sql.append(f"{part.lead}({condition})")
            self.arguments += [CursorField(key) for key in keys]
        elif not part.lead:
            self.sql.append("TRUE")


def slice_placeholders(style: SliceStyle, count: int) -> str:
    """Return the text of a slice with `count` placeholders."""
    match style:
        case "comma_before":
            return ", ?" * count
        case "comma_after":
            return "?, " * count
        case "alone":
            return ", ".join("?" * count) or EMPTY_SET
        case "argument":
            return ", ".join("?" * count) or "NULL"


def padded_length(length: int) -> int:
    """Return the number of placeholders for `length` values in IN: the next power of two, up to 1,024."""
    return 1 << (length - 1).bit_length() if 0 < length <= MAX_PADDED else length
