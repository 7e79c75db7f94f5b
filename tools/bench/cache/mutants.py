"""The cache with one rule of its protocol taken out at a time: the checker has to find each of them stale."""

import asyncio
import time
from typing import Any

from product_dashboard.cache.values import unpack
from product_dashboard.database import secondary
from product_dashboard.database.confirmation import Confirmed
from product_dashboard.database.gtid import GtidSet
from tools.bench.cache.adapters import Load, Ours, OursByRecipes, OursPaged


class _Mutant(Ours):
    async def start(self, url: str, database: Any, load: Load, options: dict[str, Any]) -> None:
        await super().start(url, database, load, options)
        self.mutate(self._cache)

    def mutate(self, cache: Any) -> None:
        raise NotImplementedError


class FencesAfterCommit(_Mutant):
    """Invalidates after COMMIT, as most caches do."""

    def mutate(self, cache: Any) -> None:
        committer = cache._committer
        raised, end_soon = committer._raised, committer._end_soon
        tasks: set[asyncio.Task[None]] = set()

        async def pretended(fences: Any) -> bool:
            del fences
            return True

        async def raise_and_end(fences: Any) -> None:
            await raised(fences)
            end_soon(fences)

        def late(fences: Any) -> None:
            task = asyncio.create_task(raise_and_end(fences))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

        committer._raised, committer._end_soon = pretended, late


class NaiveJoin(_Mutant):
    """Gives a load to every reader that joined it, even if SETTLE refused it."""

    def mutate(self, cache: Any) -> None:
        leases = cache._flights.leases
        store = leases.store

        async def always(lease: Any, loaded: Any) -> bool:
            await store(lease, loaded)
            return True

        leases.store = always


class BelievesForEver(_Mutant):
    """Looks at the epoch row once, and never notices that Redis is another."""

    def mutate(self, cache: Any) -> None:
        belief = cache._belief
        link = cache._link

        def valid() -> bool:
            if link.server is None:
                return False
            belief.space.server = link.server
            return bool(belief.space.epoch)

        belief.valid = valid


class ClearsWithoutAsking(_Mutant):
    """Treats the writer of an overdue fence as dead, as a fence that has only a TTL does."""

    def mutate(self, cache: Any) -> None:
        async def over() -> bool:
            return True

        cache._flights.leases.gates.writers_over = over


class SecondariesDoNotWait(_Mutant):
    """Reads from secondaries without waiting until they have applied anything."""

    def mutate(self, cache: Any) -> None:
        del cache
        take_snapshot = secondary.take_snapshot

        async def at_once(conn: Any, known: Confirmed) -> GtidSet:
            return await take_snapshot(conn, Confirmed(known.server, known.executed))

        secondary.take_snapshot = at_once


class IgnoresTags(_Mutant):
    """Takes a stored value without comparing the nonces of its tags."""

    def mutate(self, cache: Any) -> None:
        fetch = cache._fetch

        async def untagged(request: Any, space: Any) -> list[object]:
            raw, *_ = await fetch(request, space)
            stored = unpack(raw)
            return [raw, *(stored.nonces if stored else ())]

        cache._fetch = untagged


class IgnoresTagsOfPages(IgnoresTags, OursPaged):
    """Takes a stored page of a list without comparing the nonce of the list's tag."""


class RecipesKeepAnswers(OursByRecipes):
    """Gives stored bytes to readers that come within 5 ms after they were read."""

    async def start(self, url: str, database: Any, load: Load, options: dict[str, Any]) -> None:
        await super().start(url, database, load, options)
        prepare, kept = self._store.prepare, dict[Any, tuple[float, Any]]()

        def keeping(recipe: Any, deliver: Any) -> None:
            until, prepared = kept.get(recipe, (0.0, None))
            if time.monotonic() < until:
                deliver(prepared)
                return

            def arrived(prepared: Any) -> None:
                kept[recipe] = time.monotonic() + 0.005, prepared
                deliver(prepared)

            prepare(recipe, arrived)

        self._store.prepare = keeping
