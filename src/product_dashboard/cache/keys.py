"""The names of cached answers and tags. A pure function makes the name of an answer from the arguments of its read."""

import hashlib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, Final
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

_LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class Key:
    """The name of one cached answer; made by `read.key(...)`."""

    name: str


@dataclass(frozen=True, slots=True)
class Tag:
    """A name that many cached answers carry: one write can invalidate all of them at once."""

    name: str

    def __post_init__(self) -> None:
        if not self.name or len(self.name) > _LONGEST or not self.name.isprintable():
            raise ValueError(f"a tag is 1 to {_LONGEST} printable characters, not {self.name!r}")


Target = Key | Tag


class KeyMaker:
    """Turns the arguments of a read function (without its source) into its name.

    Equal arguments give equal names, whether they are positional, by keyword, or left to a default.
    """

    def __init__(self, prefix: str, function: Callable[..., object]) -> None:
        parameters = list(inspect.signature(function).parameters.values())[1:]
        for parameter in parameters:
            if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
                raise TypeError(
                    f"{prefix}: a cached function cannot take *{parameter.name}: its key would be open"
                )
        self._prefix = prefix
        self._names = tuple(parameter.name for parameter in parameters)
        self._defaults = {p.name: p.default for p in parameters if p.default is not p.empty}

    def name(self, arguments: tuple[object, ...], keywords: Mapping[str, object]) -> str:
        """Return the name. Raises TypeError for an argument that is missing, unknown, or of a type that has no name."""
        names = self._names
        if len(arguments) > len(names):
            raise TypeError(f"{self._prefix}: {len(arguments)} arguments for {len(names)} parameters")
        if arguments:
            keywords = {**dict(zip(names, arguments, strict=False)), **keywords}
        values: list[str] = []
        for name in names:
            if name in keywords:
                value = keywords[name]
            elif name in self._defaults:
                value = self._defaults[name]
            else:
                raise TypeError(f"{self._prefix}: argument {name!r} is missing")
            try:
                values.append(_text(value))
            except _NoText as error:
                raise TypeError(f"{self._prefix}: {name} {error}") from None
        if len(keywords) > len(names):
            raise TypeError(f"{self._prefix}: unknown arguments {sorted(set(keywords) - set(names))}")
        joined = ",".join(values)
        if len(joined) > _LONGEST:
            joined = "#" + hashlib.blake2b(joined.encode(), digest_size=20).hexdigest()
        return f"{self._prefix}({joined})"


class _NoText(Exception):
    """A value makes no key; the message says why, and begins with "is"."""


def _text(value: Any) -> str:
    """Return the text of an argument. Raises _NoText."""
    return _writer(value.__class__)(value)


def _join(values: tuple[object, ...]) -> str:
    """Join the texts of some values. Most fields of a query are not set, and those are not worth a call."""
    return ",".join(["~" if value is UNSET else _text(value) for value in values])


def _decimal(value: Decimal) -> str:
    digits = format(value, "f")  # not normalize(): it rounds to 28 digits
    return "d" + (digits.rstrip("0").rstrip(".") if "." in digits else digits)


def _moment(value: datetime) -> str:
    if value.tzinfo is None:
        raise _NoText("is a datetime without a zone; make it aware")
    return "t" + value.astimezone(UTC).isoformat()


# A bool is written as 1 or 0: values that are equal in Python must have equal texts.
# The first entry that a type is a subclass of is used: StrEnum is a str too, and datetime a date.
_WRITERS: Final[tuple[tuple[type, Callable[[Any], str]], ...]] = (
    (Enum, lambda value: _text(value.value)),
    (str, lambda value: msgspec.json.encode(str(value)).decode()),
    (int, lambda value: str(int(value))),
    (UUID, lambda value: value.hex),
    (type(None), lambda _: "-"),
    (UnsetType, lambda _: "~"),
    (bytes, lambda value: "x" + value.hex()),
    (Decimal, _decimal),
    (datetime, _moment),
    (date, lambda value: "t" + value.isoformat()),
    (tuple, lambda value: "[" + _join(value) + "]"),
    (msgspec.Struct, lambda value: "{" + _join(msgspec.structs.astuple(value)) + "}"),
)


@cache
def _writer(kind: type) -> Callable[[Any], str]:
    """Return the function that makes the text of a value of this type. Raises _NoText."""
    for base, write in _WRITERS:
        if issubclass(kind, base):
            return write
    raise _NoText(
        f"is a {kind.__name__}, which makes no key; use str, int, bool, None, UNSET, "
        "UUID, bytes, Decimal, date, aware datetime, Enum, or a tuple or Struct of these"
    )
