"""What a cached read answers."""

from typing import Generic, Literal, TypeVar

import msgspec

ValueT = TypeVar("ValueT")

State = Literal["HIT", "MISS", "BYPASS"]


class CachedAnswer(msgspec.Struct, Generic[ValueT], frozen=True, gc=False):
    """An encoded `ValueT`, its ETag (quoted), its state, and its age in seconds.

    HIT: stored bytes. MISS: loaded for this read, or for another one that it shares the load with, and stored.
    BYPASS: loaded from the database, past the cache.
    """

    body: bytes
    etag: str
    state: State
    age: int
