"""What the cache needs of the database: one row and a list, which decide whether Redis may be believed.

The database is the one place where a commit and a decision about it can be put in order. README.md has the proof.
"""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

ConnectionT_co = TypeVar("ConnectionT_co", covariant=True)


@dataclass(frozen=True, slots=True)
class LedgerState:
    """The epoch row: which epoch is current, on which server it was opened ("" = never), whether it is closed."""

    epoch: str
    server: str
    closed: bool


class Ledger(Protocol):
    """The epoch row in the database. Any exception of these means "cannot be read now"."""

    async def read(self) -> LedgerState:
        """The current state: a read of the primary in autocommit, never out of a snapshot."""
        ...

    async def close(self, epoch: str) -> None:
        """Make an epoch believed by nobody; committed when this returns. Takes no lock on the epoch row."""
        ...

    async def open(self, *, expected: str, epoch: str, server: str) -> bool:
        """Replace epoch `expected` by `epoch` on `server`; false when a writer holds the row or it is another now."""
        ...

    async def barrier(self) -> bool:
        """True when at one moment during this call no writer held the row; false when one did. Does not wait."""
        ...

    async def hold(self, conn: Any) -> LedgerState:
        """Hold the epoch row, shared, until the transaction of `conn` is over. `closed` is not filled in."""
        ...


class Transactions(Protocol[ConnectionT_co]):
    """Anything that opens a transaction: committed when the block ends well, rolled back when it raises."""

    def transaction(self) -> AbstractAsyncContextManager[ConnectionT_co]: ...
