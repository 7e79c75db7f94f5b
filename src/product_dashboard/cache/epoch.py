"""The epoch, and what the cache needs of the database to keep it.

An epoch is one period in which what Redis holds may be believed. Its random name is a part of every key in Redis. The
database decides which epoch is current, because only the database can put a COMMIT and that decision in order.
"""

from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class EpochState:
    """One look at the epoch row.

    `server` is the Redis that the epoch was opened on (`Link.server`), or "" if no epoch was ever opened. `closed` is
    true if nobody may believe the epoch any more: it was closed, or it was opened in another database than this one.
    """

    epoch: str
    server: str
    closed: bool


class EpochStore(Protocol):
    """The epoch row in the database. Any exception of a method means that the row cannot be read now."""

    async def read(self) -> EpochState:
        """Return the current state, read from the primary in autocommit, never from a snapshot."""
        ...

    async def close(self, epoch: str) -> None:
        """Close `epoch` for all processes. It is committed on return. This takes no lock on the epoch row."""
        ...

    async def open(self, *, expected: str, epoch: str, server: str) -> bool:
        """Replace epoch `expected` by `epoch` on `server`; False if a writer holds the row or it is another."""
        ...

    async def barrier(self) -> bool:
        """Return True if no writer held the row at one moment during this call, False if one did. Does not wait."""
        ...

    async def hold(self, conn: Any) -> EpochState:
        """Hold the epoch row, shared, until the transaction of `conn` is over. `closed` is not filled in."""
        ...
