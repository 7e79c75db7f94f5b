"""Conversions between the driver's values and the generated types, and the multi-row INSERT."""

from base64 import b64decode
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import chain
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from .connection import Cursor

E = TypeVar("E", bound=StrEnum)

MAX_ROWS = 512
MAX_BYTES = 1_000_000
MAX_PLACEHOLDERS = 65_535


def to_utc(value: datetime) -> datetime:
    """An aware datetime as the server stores it: in UTC, without zone. Raises ValueError for a naive one."""
    if value.tzinfo is None:
        raise ValueError(f"a datetime without a time zone: {value!r}")
    return value.astimezone(UTC).replace(tzinfo=None)


def members(kind: type[E], value: str) -> frozenset[E]:
    """A SET's value as its members."""
    return frozenset(map(kind, value.split(","))) if value else frozenset()


def member_list(value: AbstractSet[StrEnum]) -> str:
    """Members as a SET's value."""
    return ",".join(sorted(value))


def raw_text(value: msgspec.Raw) -> str:
    """JSON as text: the server refuses it as bytes."""
    return bytes(value).decode()


def json_text(value: object) -> str:
    """A value as JSON text. Raises TypeError for what msgspec cannot encode."""
    return msgspec.json.encode(value).decode()


def placeholders(count: int, empty: str) -> str:
    """`%s, %s, ...`; `empty` for none."""
    return ", ".join(("%s",) * count) if count else empty


# --- values inside JSON ------------------------------------------------------------------------


def json_bytes(value: str) -> bytes:
    """`base64:type254:...`, as MySQL writes binary values in JSON."""
    return b64decode(value.rpartition(":")[2])


def json_uuid(value: str) -> UUID:
    """A BINARY(16) in JSON."""
    return UUID(bytes=json_bytes(value))


def json_bits(value: str) -> int:
    """A BIT in JSON."""
    return int.from_bytes(json_bytes(value))


def json_time(value: str) -> timedelta:
    """`-30:00:00.005000`, a TIME in JSON."""
    hours, minutes, seconds = value.lstrip("-").split(":")
    whole, _, fraction = seconds.partition(".")
    length = timedelta(
        hours=int(hours), minutes=int(minutes), seconds=int(whole), microseconds=int(fraction.ljust(6, "0"))
    )
    return -length if value.startswith("-") else length


# --- many rows in one INSERT -------------------------------------------------------------------


async def insert_rows(
    cursor: Cursor, head: str, row: str, tail: str, rows: Iterable[tuple[Any, ...]], columns: int
) -> int:
    """INSERT all rows in chunks, and return how many the server counted.

    `row` is the parenthesis of one row with its `columns` placeholders. Chunks are a power of two long, so
    that a connection with a statement cache prepares ten statements at most, and not one for each length.
    """
    count = 0
    for chunk in _chunks(rows, columns):
        start = 0
        while start < len(chunk):
            size = 1 << ((len(chunk) - start).bit_length() - 1)
            part = chunk[start : start + size]
            await cursor.execute(head + ", ".join((row,) * size) + tail, tuple(chain.from_iterable(part)))
            count += cursor.rowcount
            start += size
    return count


def _chunks(rows: Iterable[tuple[Any, ...]], columns: int) -> Iterator[list[tuple[Any, ...]]]:
    """Up to 512 rows, a megabyte of text and blobs, and as many placeholders as a statement may have."""
    most = min(MAX_ROWS, 1 << ((MAX_PLACEHOLDERS // max(columns, 1)).bit_length() - 1))
    chunk: list[tuple[Any, ...]] = []
    room = MAX_BYTES
    for row in rows:
        size = sum(_size(value) for value in row)
        if chunk and (len(chunk) == most or size > room):
            yield chunk
            chunk, room = [], MAX_BYTES
        chunk.append(row)
        room -= size
    if chunk:
        yield chunk


def _size(value: object) -> int:
    """About how many bytes a value takes on the wire."""
    if isinstance(value, str):
        return 2 * len(value)
    return len(value) if isinstance(value, bytes) else 24
