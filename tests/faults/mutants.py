"""The service with one fault built in, named by the variable MUTANT: `mixed` has to find each of them.

Started as `python -m tests.faults.mutants`, in place of `python -m product_dashboard.server`. The worker processes
are forked from this one, so that the fault is in each of them.
"""

import asyncio
import os
import random
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any, cast

import msgspec
from uuid_utils.compat import uuid7

import generated.statistics
from product_dashboard import server
from product_dashboard.cache.decorator import CachedRead
from product_dashboard.cache.transaction import Fences
from product_dashboard.database import Database
from product_dashboard.orders import service as order_service
from product_dashboard.web.envelope import Reply

_chance = random.Random(1)


def drops_an_invalidation() -> None:
    """A write of a product leaves the cached product as it is."""
    make = Fences.of

    def without_products(space: Any, targets: Iterable[Any]) -> Fences:
        return make(space, [each for each in targets if not each.name.startswith("product:")])

    cast("Any", Fences).of = without_products


def confirms_without_commit() -> None:
    """One transaction in twenty is rolled back, and its client gets a success."""
    transaction = Database.transaction

    @asynccontextmanager
    async def sometimes_rolled_back(*arguments: Any) -> AsyncGenerator[Any, None]:
        async with transaction(*arguments) as conn:
            yield conn
            if _chance.random() < 0.05:
                async with conn.cursor() as cursor:
                    await cursor.execute("ROLLBACK")

    cast("Any", Database).transaction = sometimes_rolled_back


def creates_twice() -> None:
    """One order in ten is placed twice."""
    insert = order_service._insert

    async def twice(conn: Any, order: Any) -> None:
        if _chance.random() < 0.1:
            items = tuple(msgspec.structs.replace(item, id=uuid7()) for item in order.items)
            await insert(conn, msgspec.structs.replace(order, id=uuid7(), items=items))
        await insert(conn, order)

    cast("Any", order_service)._insert = twice


def answers_stale() -> None:
    """A process keeps the answers of two reads for itself, and asks the cache for one in five."""
    respond: Any = cast("Any", CachedRead).response
    kept: dict[tuple[Any, ...], Any] = {}

    async def stale(read: Any, cache: Any, source: Any, /, *arguments: Any, **named: Any) -> Any:
        key = (read, *sorted(named.items()))
        if key not in kept or _chance.random() < 0.2:
            kept[key] = await respond(read, cache, source, *arguments, **named)
        return kept[key]

    cast("Any", CachedRead).response = stale


def forgets_a_total() -> None:
    """One order in ten is not counted in the statistics."""
    add = generated.statistics.add_order_totals

    async def sometimes(conn: Any, **amounts: Any) -> Any:
        return 0 if _chance.random() < 0.1 else await add(conn, **amounts)

    generated.statistics.add_order_totals = sometimes


def answers_otherwise_than_documented() -> None:
    """One answer in fifty names a field of products by another name."""
    make: Any = cast("Any", Reply).__init__

    def renamed(reply: Any, body: bytes, **named: Any) -> None:
        if named.get("status", 200) == 200 and _chance.random() < 0.02:
            body = body.replace(b'"total_sold"', b'"sold"')
        make(reply, body, **named)

    cast("Any", Reply).__init__ = renamed


def answers_late() -> None:
    """One order in fifty takes 7 seconds."""
    create = order_service.create_order

    async def late(resources: Any, *arguments: Any, **named: Any) -> Any:
        if _chance.random() < 0.02:
            await asyncio.sleep(7)
        return await create(resources, *arguments, **named)

    order_service.create_order = late


MUTANTS: dict[str, Callable[[], None]] = {
    each.__name__: each
    for each in (
        drops_an_invalidation,
        confirms_without_commit,
        creates_twice,
        answers_stale,
        forgets_a_total,
        answers_otherwise_than_documented,
        answers_late,
    )
}

MUTANTS[os.environ["MUTANT"]]()

if __name__ == "__main__":
    server.main()
