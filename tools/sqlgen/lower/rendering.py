"""Renders a template for one choice of optional conditions, order and cursor, as the generated code does."""

from typing import TypeAlias

from msgspec import Struct

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
from tools.sqlgen.model import NamedOrder

EMPTY_SET = "SELECT NULL FROM DUAL WHERE FALSE"
"""Text of an empty slice in IN (...): IN is then false and NOT IN is true, for NULL too.

`IN (NULL)` would make both NULL.
"""


class CursorField(Struct, frozen=True):
    """A value of the caller's cursor."""

    key: int
    """Index of the column in the chosen order."""


class SliceItems(Struct, frozen=True):
    """The elements of a slice."""

    parameter: int
    count: int


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
                self.sql.append(slice_placeholders(part.style, self.choice.slice_length))
                self.arguments.append(SliceItems(part.parameter, self.choice.slice_length))
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


def slice_placeholders(style: SliceStyle, length: int) -> str:
    """Return the text of a slice with `length` elements."""
    match style:
        case "comma_before":
            return ", ?" * length
        case "comma_after":
            return "?, " * length
        case "alone":
            return ", ".join("?" * length) or EMPTY_SET
        case "argument":
            return ", ".join("?" * length) or "NULL"
