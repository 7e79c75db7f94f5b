"""A shop with something to show, and its page."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.api_client import Api, data
from tests.page.html import Element, parse


@dataclass(frozen=True)
class Shop:
    """A client of the service, and some of its resources."""

    api: Api
    lamps: Any
    lamp: Any
    rug: Any
    ada: Any

    async def order(self, *lines: tuple[Any, int]) -> Any:
        items = [{"product_id": product["id"], "quantity": quantity} for product, quantity in lines]
        return await self.api.made("/orders", customer_id=self.ada["id"], items=items)

    async def get(self, path: str) -> Any:
        return data(await self.api.get(f"/api/v1{path}"))

    async def page(self, path: str = "/") -> Element:
        answer = await self.api.get(path)
        assert answer.status_code == 200, answer.text
        return parse(answer.text)


@pytest.fixture
async def shop(client: Api) -> Shop:
    return await fill(client)


async def fill(client: Api) -> Shop:
    """Make two categories, three products of which one is scarce, two customers, and three orders."""
    lamps, rugs = await client.category("Lamps"), await client.category("Rugs & more")
    lamp = await client.product(lamps["id"], name="Desk lamp", price=1249.5, stock_quantity=2000)
    rug = await client.product(rugs["id"], name="Rug <b>&</b>", price=80, stock_quantity=12)
    await client.product(rugs["id"], name="Old rug", price=5, stock_quantity=0, is_active=False)
    ada = await client.customer(name="Ada", email="ada@example.org")
    eve = await client.customer(name="Eve", email="eve@example.org")
    shop = Shop(client, lamps, lamp, rug, ada)
    await shop.order((lamp, 3), (rug, 1))
    await shop.order((rug, 2))
    await client.made("/orders", customer_id=eve["id"], items=[{"product_id": lamp["id"], "quantity": 1}])
    return shop
