"""The names of cached answers and tags. A pure function makes the name of an answer from the arguments of its read."""

import hashlib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Final, cast
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
            values.append(_text(value, self._prefix, name))
        if len(keywords) > len(names):
            raise TypeError(f"{self._prefix}: unknown arguments {sorted(set(keywords) - set(names))}")
        joined = ",".join(values)
        if len(joined) > _LONGEST:
            joined = "#" + hashlib.blake2b(joined.encode(), digest_size=20).hexdigest()
        return f"{self._prefix}({joined})"


# A bool is written as 1 or 0: values that are equal in Python must have equal names.
_PLAIN: Final[dict[type, Callable[[Any], str]]] = {
    str: lambda value: msgspec.json.encode(value).decode(),
    int: str,
    bool: lambda value: "1" if value else "0",
    UUID: lambda value: value.hex,
    type(None): lambda _: "-",
    UnsetType: lambda _: "~",
}


def _text(value: object, prefix: str, name: str) -> str:  # noqa: C901 - one case a type
    if (plain := _PLAIN.get(value.__class__)) is not None:
        return plain(value)
    match value:
        case Enum():
            return _text(value.value, prefix, name)
        case str():
            return _PLAIN[str](str(value))
        case int():
            return str(int(value))
        case bytes():
            return "x" + value.hex()
        case Decimal():
            # Not normalize(): it rounds to 28 digits.
            digits = format(value, "f")
            return "d" + (digits.rstrip("0").rstrip(".") if "." in digits else digits)
        case datetime():
            if value.tzinfo is None:
                raise TypeError(f"{prefix}: {name} is a datetime without a zone; make it aware")
            return "t" + value.astimezone(UTC).isoformat()
        case date():
            return "t" + value.isoformat()
        case tuple():
            return "[" + _join(cast("tuple[object, ...]", value), prefix, name) + "]"
        case msgspec.Struct():
            return "{" + _join(msgspec.structs.astuple(value), prefix, name) + "}"
        case _:
            raise TypeError(
                f"{prefix}: {name} is a {type(value).__name__}, which makes no key; use str, int, bool, None, UNSET, "
                "UUID, bytes, Decimal, date, aware datetime, Enum, or a tuple or Struct of these"
            )


def _join(values: tuple[object, ...], prefix: str, name: str) -> str:
    """Join the texts of some values. Most fields of a query are not set, and those are not worth a call."""
    return ",".join(["~" if value is UNSET else _text(value, prefix, name) for value in values])
