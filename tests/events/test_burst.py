"""A burst of orders on two workers: few events, and the last one leads to the final figures."""

import asyncio
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import count

import pytest

from product_dashboard.events.changes import INTERVAL_S
from tests.events.conftest import Stream, get, listening, post
from tests.events.test_processes import PATIENT
from tests.server.conftest import Service, Start
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.any_server

ORDERS = 100
BUYERS = 8
LISTENERS = 4


@dataclass
class Page:
    """A listener that asks for the figures after each event, as the page does."""

    stream: Stream
    service: Service
    orders: int = -1
    changes: list[float] = field(default_factory=list[float])

    async def follow(self) -> None:
        while True:
            event = await self.stream.event()
            self.changes.append(time.monotonic())
            if "orders" in event["changed"]:
                self.orders = (await get(self.service, "/orders?page_size=1"))["meta"]["total"]


async def test_a_burst_of_orders_is_at_most_four_events_a_second_and_the_last_leads_to_the_final_figures(
    start: Start,
) -> None:
    service = await start(WORKERS="2", **PATIENT)
    await service.logged("service.listening", count=2)
    await service.listening()
    category = await post(service, "/categories", name="Of the burst")
    product = await post(
        service, "/products", name="Bulb", price=2.5, category_id=category["id"], stock_quantity=10 * ORDERS
    )
    buyer = await post(service, "/customers", name="Ada", email="burst@example.org")
    items = [{"product_id": product["id"], "quantity": 2}]
    before = (await get(service, "/orders?page_size=1"))["meta"]["total"]
    numbers = count(1)

    async def place() -> None:
        while next(numbers) <= ORDERS:
            await post(service, "/orders", customer_id=buyer["id"], items=items)

    async with AsyncExitStack() as stack, asyncio.TaskGroup() as group:
        pages = [Page(await stack.enter_async_context(listening(service)), service) for _ in range(LISTENERS)]
        following = [group.create_task(page.follow()) for page in pages]
        began = time.monotonic()
        await asyncio.gather(*[place() for _ in range(BUYERS)])
        async with asyncio.timeout(PATIENCE_S):
            while any(page.orders != before + ORDERS for page in pages):  # noqa: ASYNC110 - the pages ask
                await asyncio.sleep(0.02)
        took_s = time.monotonic() - began
        for each in following:
            each.cancel()
    for page in pages:
        # The first event comes at once, and looks may come late: two in a short time are one that waited.
        assert 1 <= len(page.changes) <= took_s / INTERVAL_S + 2
