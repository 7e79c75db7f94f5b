"""The caches under test, each set up as its own documentation advises, behind one small interface.

A read returns the version that was cached or loaded. A write commits, then invalidates; with `dies` it is killed
right after COMMIT, as one process in twenty is here. Each is imported only when it is asked for: the others need not
be installed.
"""

import random
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Protocol

TTL = 3600
PAGE_BYTES = 2000

Body = Callable[[int], bytes]
Load = Callable[[int], Awaitable[int]]


class Database(Protocol):
    """The methods of `database.FileDatabase` and `mysql.MySQLDatabase` that adapters use."""

    def transaction(self) -> Any: ...
    async def increment(self, pending: Any, key: int) -> None: ...


class Adapter(Protocol):
    """A cache under test."""

    async def start(self, url: str, database: Any, load: Load, options: dict[str, Any]) -> None: ...
    async def read(self, key: int) -> int: ...
    async def write(self, key: int, *, dies: bool) -> None: ...
    async def stop(self) -> dict[str, Any]: ...


class Killed(BaseException):
    """Simulates SIGKILL: no code of the writer runs after it."""


class _Fatal:
    """A database whose COMMIT is the last thing its writer does."""

    def __init__(self, database: Any) -> None:
        self._database = database

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Any]:
        async with self._database.transaction() as pending:
            yield pending
        raise Killed


class Ours:
    """The cache of this project, with one tag on a third of the keys so that both ways to invalidate are used."""

    def __init__(self) -> None:
        self._stack: Any = None
        self._cache: Any = None
        self._database: Any = None
        self._plain: Any = None
        self._tagged: Any = None

    async def start(self, url: str, database: Any, load: Load, options: dict[str, Any]) -> None:
        from contextlib import AsyncExitStack

        from product_dashboard.cache import Cache, CacheOptions, Tag, cached

        @cached(name="plain", ttl=timedelta(seconds=TTL))
        async def read_plain(source: None, *, key: int) -> int:
            del source
            return await load(key)

        def tags(*, key: int) -> tuple[Tag, ...]:
            return (Tag(f"t{key}"),)

        @cached(name="tagged", ttl=timedelta(seconds=TTL), tags=tags)
        async def read_tagged(source: None, *, key: int) -> int:
            del source
            return await load(key)

        self._plain, self._tagged, self._database, self._tag = read_plain, read_tagged, database, Tag
        self._stack = AsyncExitStack()
        opened = Cache.open(url, epoch_store=database, options=CacheOptions(**options))
        self._cache = await self._stack.enter_async_context(opened)

    async def read(self, key: int) -> int:
        read = self._tagged if key % 3 == 0 else self._plain
        return int((await read.response(self._cache, None, key=key)).body)

    async def write(self, key: int, *, dies: bool) -> None:
        writing = self._cache.transaction(
            _Fatal(self._database) if dies else self._database, invalidates=[self._target(key)]
        )
        try:
            async with writing as tx:
                await self._database.increment(tx.conn, key)
        except Killed:
            pass

    def _target(self, key: int) -> Any:
        return self._tag(f"t{key}") if key % 3 == 0 else self._plain.key(key=key)

    async def stop(self) -> dict[str, Any]:
        found: dict[str, Any] = self._cache.metrics.snapshot()
        await self._stack.aclose()
        return found


class OursPaged(Ours):
    """The cache of this project as lists use it: any number of pages, of 2 KB each, that all carry one tag."""

    async def start(self, url: str, database: Any, load: Load, options: dict[str, Any]) -> None:
        from product_dashboard.cache import Tag, cached

        await super().start(url, database, load, options)

        def tags(*, key: int, page: int) -> tuple[Tag, ...]:
            del key, page
            return (Tag("list"),)

        @cached(name="page", ttl=timedelta(seconds=TTL), tags=tags)
        async def read_page(source: None, *, key: int, page: int) -> str:
            del source, page
            return f"{await load(key):<{PAGE_BYTES}}"

        self._page = read_page

    async def read(self, key: int) -> int:
        # Half of the reads are of a few pages, the others of so many that Redis has to evict.
        page = random.randrange(2) if random.random() < 0.5 else random.randrange(1_000_000)
        answer = await self._page.response(self._cache, None, key=key, page=page)
        return int(answer.body.strip(b'"'))

    def _target(self, key: int) -> Any:
        del key
        return self._tag("list")


class OursByRecipes(Ours):
    """The cache of this project as recipes use it: a key that was a hit before is read without its read function."""

    def __init__(self) -> None:
        super().__init__()
        self._store: Any = None
        self._recipes: dict[int, Any] = {}

    async def start(self, url: str, database: Any, load: Load, options: dict[str, Any]) -> None:
        from product_dashboard.recipes.store import RecipeStore

        await super().start(url, database, load, options)
        self._store = RecipeStore()
        self._store.cache = self._cache

    async def read(self, key: int) -> int:
        if (recipe := self._recipes.get(key)) is not None and (body := await self._again(recipe)) is not None:
            return int(body)
        read = self._tagged if key % 3 == 0 else self._plain
        answer = await read.response(self._cache, None, key=key)
        if answer.entry is not None and recipe is None:
            self._recipes[key] = self._recipe(answer.entry)
        return int(answer.body)

    async def _again(self, recipe: Any) -> bytes | None:
        import asyncio

        arrived: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

        def deliver(prepared: Any) -> None:
            if not arrived.done():  # it is, if the reader was cancelled
                arrived.set_result(prepared)

        self._store.prepare(recipe, deliver)
        prepared = await arrived
        if prepared is None:
            return None
        self._store.used(recipe)
        body: bytes = prepared.answer(None).body
        return body

    def _recipe(self, entry: Any) -> Any:
        from product_dashboard.cache import Locations
        from product_dashboard.recipes.recipe import Recipe
        from product_dashboard.web.envelope import Layout

        return Recipe(Locations((entry,)), Layout(bytes), "/")
