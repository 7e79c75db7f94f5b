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

    def headers(self) -> dict[str, str]:
        """ETag, X-Cache and Age; a 304 carries them too."""
        return {"etag": self.etag, "x-cache": self.state, "age": str(self.age)}

    def not_modified(self, if_none_match: str | None) -> bool:
        """Whether an If-None-Match header names this body: then the answer is 304 without a body."""
        if not if_none_match:
            return False
        if if_none_match.strip() == "*":
            return True
        # If-None-Match compares weakly (RFC 9110, 13.1.2): W/ in front does not matter.
        own = self.etag.removeprefix("W/")
        return any(candidate.strip().removeprefix("W/") == own for candidate in if_none_match.split(","))
