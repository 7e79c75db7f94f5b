"""Products and customers for the parts that measure latencies, made through the service's own API."""

from collections.abc import Mapping

import msgspec

from tests.faults.client import Client

API = "/api/v1"


async def fill_shelf(port: int, products: int = 100) -> str:
    """Create a category with products whose descriptions make long lists; the id of the category."""
    client = Client(port, timeout_s=20)
    category = await made(client, "/categories", {"name": "Shelf"})
    for number in range(products):
        body = {"name": f"Lamp {number}", "price": 9.9, "category_id": category, "description": "x" * 2000}
        await made(client, "/products", body)
    client.close()
    return category


async def made(client: Client, path: str, body: Mapping[str, object]) -> str:
    """POST a body; the id of what was created. Raises RuntimeError for another answer."""
    answer = await client.request("POST", f"{API}{path}", msgspec.json.encode(body))
    if answer.status != 201:
        raise RuntimeError(f"POST {path}: {answer.status} {answer.body[:300]!r}")
    return str(msgspec.json.decode(answer.body)["data"]["id"])
