"""Values for the parameters of generated functions, and a connection that records what they send."""

import enum
import types
import typing
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Self
from uuid import UUID

import msgspec

_PLAIN: dict[object, object] = {
    int: 1, str: "a", float: 1.5, bool: True, bytes: b"a", Decimal: Decimal("1.5"), date: date(2024, 1, 1),
    datetime: datetime(2024, 1, 1, tzinfo=UTC), timedelta: timedelta(hours=1), UUID: UUID(int=1),
    msgspec.Raw: msgspec.Raw(b"{}"), typing.Any: 1,
}  # fmt: skip


def some_value(hint: Any, length: int = 1) -> Any:
    """Return a value of the annotated type. A sequence has `length` elements. Never None or UNSET."""
    arguments = typing.get_args(hint)
    source_column = typing.get_origin(hint)
    if source_column in {typing.Union, types.UnionType}:
        arms = (arm for arm in arguments if arm not in {types.NoneType, msgspec.UnsetType})
        return some_value(next(arms), length)
    if source_column is typing.Literal:
        return arguments[0]
    if source_column is frozenset:
        return frozenset(list(arguments[0])[:1])
    if isinstance(source_column, type) and issubclass(source_column, Iterable):
        return [some_value(arguments[0]) for _ in range(length)]
    if isinstance(hint, typing.NewType):
        return hint(some_value(hint.__supertype__))
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return next(iter(hint))
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return hint(**{name: some_value(each) for name, each in typing.get_type_hints(hint).items()})
    if isinstance(hint, type) and hint not in _PLAIN:
        return hint(some_value(hint.__bases__[0]))
    return _PLAIN[hint]


class Recorder:
    """A connection without rows that records each statement with its values. It is its own cursor."""

    rowcount = 1
    lastrowid = 1

    def __init__(self) -> None:
        self.sent: list[tuple[str, tuple[Any, ...]]] = []

    def cursor(self, _: object = None, /) -> Self:
        return self

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        return None

    async def execute(self, query: str, args: tuple[Any, ...], /) -> None:
        self.sent.append((query, args))

    async def fetchone(self) -> None:
        return None

    async def fetchmany(self, _: int, /) -> Sequence[tuple[Any, ...]]:
        return ()

    async def fetchall(self) -> Sequence[tuple[Any, ...]]:
        return ()
