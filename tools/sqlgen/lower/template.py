"""Parts of a SQL text.

    SELECT id FROM t WHERE a = :a AND sqlc.optional(b = :b)

    Text("SELECT id FROM t WHERE a = "),
    Value(0),
    OptionalCondition(" AND ", (Text("(b = "), Value(1), Text(")")), parameters=(1,)),

The text between the parameters and macros is the author's own, character by character.
"""

from collections.abc import Iterator
from typing import Literal, TypeAlias

from msgspec import Struct

SliceStyle = Literal["alone", "comma_before", "comma_after", "argument"]
"""Surroundings of a slice.

`alone` is the only item of IN (...). `comma_before` and `comma_after` are members of a longer IN list: the comma
on that side belongs to the slice, so that an empty slice removes it. `argument` is an argument of a function.
"""


class Text(Struct, frozen=True):
    sql: str


class Value(Struct, frozen=True):
    """One placeholder."""

    parameter: int
    """Index into AnalysedQuery.parameters, as in all parts."""


class SliceValue(Struct, frozen=True):
    """One placeholder for each element of a sequence."""

    parameter: int
    style: SliceStyle

    @property
    def is_padded(self) -> bool:
        """True if the last value is repeated up to a power of two: in IN, where it cannot change the result."""
        return self.style != "argument"


class OptionalCondition(Struct, frozen=True):
    """A condition that is left out of the text when its parameters are not given."""

    lead: str
    """The AND before the condition, with the white space around it.

    Empty for the first condition of a clause: TRUE then replaces the condition when it is left out.
    """
    parts: "tuple[Part, ...]"
    parameters: tuple[int, ...]
    """Parameters that must all be given."""
    flag: int | None = None
    """Parameter that must be true, for `sqlc.optional(condition, :flag)`."""

    @property
    def switches(self) -> tuple[int, ...]:
        """All parameters that decide about the condition: the flag first, if there is one."""
        return self.parameters if self.flag is None else (self.flag, *self.parameters)


class OrderBy(Struct, frozen=True):
    """The columns of the chosen order, after ORDER BY."""

    alias: str | None


class AfterCursor(Struct, frozen=True):
    """The condition that selects the rows after the caller's cursor. Left out when there is no cursor."""

    lead: str
    """As in OptionalCondition."""
    alias: str | None


Part: TypeAlias = Text | Value | SliceValue | OptionalCondition | OrderBy | AfterCursor
Template: TypeAlias = tuple[Part, ...]


def flat_parts(template: Template) -> Iterator[Part]:
    """Yield every part in the order of the text, with the parts of optional conditions."""
    for part in template:
        yield part
        if isinstance(part, OptionalCondition):
            yield from flat_parts(part.parts)
