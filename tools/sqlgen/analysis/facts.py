"""Facts: proofs that hold for the rows of a query block, or for one branch of a CASE or IF."""

from collections.abc import Hashable
from typing import TypeAlias

from msgspec import Struct

from tools.sqlgen.analysis.values import OuterJoinId
from tools.sqlgen.syntax.ast import Node


class NotNull(Struct, frozen=True, gc=False):
    """The fact that an expression is not NULL; `key` is its expression key."""

    key: Hashable


class NonZero(Struct, frozen=True, gc=False):
    """The fact that a number is neither zero nor NULL; `key` is its expression key."""

    key: Hashable


class Grouped(Struct, frozen=True, gc=False):
    """The fact that a row of WITH ROLLUP has the value of a group here, and is not a total over it."""

    key: Hashable


class Matched(Struct, frozen=True, gc=False):
    """The fact that an outer join found a row."""

    outer_join: OuterJoinId


class NonEmpty(Struct, frozen=True, gc=False):
    """The fact that the groups of a query block have rows: COUNT(*) > 0."""

    block: Node


Fact: TypeAlias = NotNull | NonZero | Grouped | Matched | NonEmpty


Facts: TypeAlias = set[Fact]
