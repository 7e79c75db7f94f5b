"""Another transaction has locked one product: its buyers soon receive an error; other requests are served."""

import asyncio
import time
from uuid import UUID

import httpx

from product_dashboard.database import Database
from product_dashboard.settings import load_settings
from tests.server.conftest import Start
from tests.waiting import SLACK_S

BUYERS = 12


async def test_a_locked_product_costs_its_buyers_seconds_and_nobody_else(
    start: Start, database_url: str
) -> None:
    service = await (await start(DB_POOL_SIZE="4")).listening()
    patient = {"DB_POOL_SIZE": "1", "DB_QUERY_TIMEOUT": "60"}
    settings = load_settings({"DATABASE_URL": database_url, "REDIS_URL": "redis://unused", **patient})
    database = Database(settings.database)
    base = f"http://127.0.0.1:{service.port}"
    async with httpx.AsyncClient(base_url=base, timeout=60) as client:

        async def create(path: str, **fields: object) -> str:
            answer = await client.post(f"/api/v1/{path}", json=fields)
            assert answer.status_code == 201, answer.text
            identifier: str = answer.json()["data"]["id"]
            return identifier

        category = await create("categories", name="Locks")
        product = await create("products", name="Lock", price=1, category_id=category, stock_quantity=50)
        customer = await create("customers", name="Ada", email="ada.lock@example.org")

        async def buy() -> tuple[int, str, float]:
            began = time.monotonic()
            items = [{"product_id": product, "quantity": 1}]
            answer = await client.post("/api/v1/orders", json={"customer_id": customer, "items": items})
            assert "retry-after" in answer.headers
            return answer.status_code, answer.json()["error"]["code"], time.monotonic() - began

        async with database.transaction() as conn, conn.cursor() as cursor:
            await cursor.execute("SELECT id FROM products WHERE id = %s FOR UPDATE", (UUID(product).bytes,))
            assert await cursor.fetchall()
            buyers = [asyncio.create_task(buy()) for _ in range(BUYERS)]
            await asyncio.sleep(0.3)
            for path in ("/health/ready", "/api/v1/products", "/api/v1/customers"):
                assert (await client.get(path)).status_code == 200
            assert not all(buyer.done() for buyer in buyers), "a reader waited as long as the buyers"
            refused = await asyncio.gather(*buyers)
    await database.close()
    assert {status for status, _, _ in refused} == {503}
    assert {code for _, code, _ in refused} <= {"BUSY", "OVERLOADED", "TIMEOUT"}
    assert max(seconds for _, _, seconds in refused) < 7.5 + SLACK_S, "one limit, whatever it waits for"
