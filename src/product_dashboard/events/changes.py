"""Finds out which resources were changed by a commit, of this or of another process.

For each resource there is a cached read whose result is a random text, the **version**. It carries the tag of the
resource. So the version is in the cache until a write invalidates the tag, and the first process that looks afterwards
makes another one, which all processes find. The rules of the cache make this exact: a look that starts after a COMMIT
never finds the version from before it. To look costs one MGET, and neither the writes nor the database notice it.

While a writer is between its fences and their end, nothing is stored, and each look finds another version. These events
may come before the COMMIT. The look after the end of the fences finds another version again: no commit is missed.
"""

import asyncio
import secrets
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

import structlog

from product_dashboard import tags
from product_dashboard.background import in_background
from product_dashboard.cache import Answers, Cache, Locations, Tag, cached
from product_dashboard.events.listeners import TOPICS, Listeners
from product_dashboard.events.schemas import Topic

log = structlog.stdlib.get_logger()

INTERVAL_S: Final = 0.25
"""Seconds between two looks, and so the shortest time between two events."""
TAGS: Final[dict[Topic, Tag]] = {
    "categories": tags.CATEGORIES,
    "products": tags.PRODUCTS,
    "customers": tags.CUSTOMERS,
    "orders": tags.ORDERS,
}


def _tags(*, topic: Topic) -> tuple[Tag]:
    return (TAGS[topic],)


@cached(name="version", ttl=timedelta(days=1), tags=_tags)
async def read_version(source: None, *, topic: Topic) -> str:
    """Return a version that no resource had before."""
    del source, topic
    return secrets.token_hex(8)


@dataclass(frozen=True, slots=True)
class _Seen:
    """The version at the last look, by its ETag, and where it is stored, if that is known."""

    etag: str
    stored: Locations | None


@dataclass(eq=False)
class Changes:
    """Looks for changes, and tells the listeners of them."""

    cache: Cache
    listeners: Listeners
    _seen: dict[Topic, _Seen] = field(default_factory=dict[Topic, _Seen], init=False)

    async def watch(self) -> None:
        """Look every `INTERVAL_S` while there are listeners."""
        while True:
            await self.listeners.wait_for_listener()
            try:
                await self.look()
            except Exception:
                log.exception("events.not_looked")  # the next look continues
            await asyncio.sleep(INTERVAL_S)

    async def look(self) -> None:
        """Tell the listeners what has changed since the last look."""
        suspects = await self._suspects()
        changed: list[Topic] = [topic for topic in suspects if await self._has_changed(topic)]
        state = self.cache.state
        self.listeners.tell(changed if state == "up" else (), state)

    async def _suspects(self) -> Sequence[Topic]:
        """Return the topics whose version is not stored any more where it was."""
        known: dict[Topic, Locations] = {
            topic: seen.stored for topic, seen in self._seen.items() if seen.stored is not None
        }
        if not known:
            return TOPICS
        found: asyncio.Future[list[Answers | None]] = asyncio.get_running_loop().create_future()
        self.cache.stored.read(
            [*known.values()], lambda answers: None if found.done() else found.set_result(answers)
        )
        unchanged = {
            topic
            for topic, answers in zip(known, await found, strict=True)
            if answers is not None and answers[0].etag == self._seen[topic].etag
        }
        return [topic for topic in TOPICS if topic not in unchanged]

    async def _has_changed(self, topic: Topic) -> bool:
        answer = await read_version.response(self.cache, None, topic=topic)
        before = self._seen.pop(topic, None)
        if answer.state != "BYPASS":  # a version that is stored nowhere is another one at the next look
            self._seen[topic] = _Seen(answer.etag, Locations([answer.entry]) if answer.entry else None)
        return before is None or before.etag != answer.etag


@asynccontextmanager
async def watching(cache: Cache, listeners: Listeners) -> AsyncGenerator[None, None]:
    """Look for changes until the block ends; then end all streams."""
    try:
        async with in_background(Changes(cache, listeners).watch(), "watch-changes"):
            yield
    finally:
        listeners.end()
