"""The cache with one rule of its protocol taken out at a time: the checker has to find each of them stale."""

from typing import Any

from tools.bench.cache_adapters import Load, Ours


class _Mutant(Ours):
    async def start(self, url: str, database: Any, load: Load, options: dict[str, Any]) -> None:
        await super().start(url, database, load, options)
        self.mutate(self._cache)

    def mutate(self, cache: Any) -> None:
        raise NotImplementedError


class FencesAfterCommit(_Mutant):
    """Invalidates after COMMIT, as most caches do."""

    def mutate(self, cache: Any) -> None:
        writer = cache._writer
        begin = writer._begin

        async def nothing(fences: Any, target: Any) -> None:
            del fences, target

        async def late(fences: Any) -> None:
            for target in fences.targets:
                await begin(fences, target)
            await end(fences)

        end = writer._end
        writer._begin, writer._end = nothing, late


class NaiveJoin(_Mutant):
    """Whoever joined a load takes it, whatever SETTLE said."""

    def mutate(self, cache: Any) -> None:
        leases = cache._flights._leases
        store = leases.store

        async def always(lease: Any, loaded: Any, *, vouch: bool) -> bool:
            await store(lease, loaded, vouch=vouch)
            return True

        leases.store = always


class BelievesForEver(_Mutant):
    """Looks at the epoch row once, and never notices that Redis became another."""

    def mutate(self, cache: Any) -> None:
        trust = cache._trust
        link = cache._link

        def valid() -> bool:
            if link.server is None:
                return False
            trust.space.server = link.server
            return bool(trust.space.epoch)

        trust.valid = valid


class ClearsWithoutAsking(_Mutant):
    """Takes an overdue fence for a dead writer's, as a fence with nothing but a TTL does."""

    def mutate(self, cache: Any) -> None:
        async def over() -> bool:
            return True

        cache._flights._leases._gates.writers_over = over


class IgnoresTags(_Mutant):
    """Takes a stored value without comparing its tags' nonces."""

    def mutate(self, cache: Any) -> None:
        look = cache._look

        async def untagged(request: Any, space: Any) -> Any:
            tags, request.tags = request.tags, ()
            try:
                return await look(request, space)
            finally:
                request.tags = tags

        cache._look = untagged


class DoesNotAnnounce(_Mutant):
    """Commits without telling those who remember answers in their own memory."""

    def mutate(self, cache: Any) -> None:
        async def silent(link: Any, space: Any, targets: Any) -> None:
            del link, space, targets

        cache._announcer.announce = silent
