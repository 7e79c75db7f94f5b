"""The shape of every answer is recorded: clients that read it are never surprised by a name or a type.

`pytest tests/openapi/test_shapes.py --update-goldens` records it again.
"""

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from tests.api_client import Api

pytestmark = pytest.mark.any_server  # the answers of each resource are tested on both

EVENTS = "text/event-stream"
GOLDEN = Path(__file__).parent / "shapes.json"
UNKNOWN = "019aab28-7c20-7a01-8d3e-4b5c6d7e8f90"


def shape(value: object) -> Any:
    """The names and JSON types of a value; of a list, those of its first item."""
    match value:
        case dict():
            return {name: shape(each) for name, each in cast("dict[str, object]", value).items()}
        case list():
            return [shape(each) for each in cast("list[object]", value)[:1]]
        case bool():
            return "boolean"
        case int():
            return "integer"
        case Decimal():
            return "number"
        case None:
            return "null"
        case _:
            return "string"


class Recorder:
    def __init__(self, client: Api) -> None:
        self._client = client
        self.shapes: dict[str, Any] = {}

    async def ask(self, method: str, path: str, status: int, **more: Any) -> Any:
        """Send a request that must be answered with `status`, and record the shape. Returns `data`."""
        ids = more.pop("ids", {})
        response: httpx.Response = await self._client.request(method, f"/api/v1{path.format(**ids)}", **more)
        assert response.status_code == status, response.text
        body = json.loads(response.content, parse_float=Decimal)
        self.shapes[f"{method} {path} {status}"] = shape(body)
        return body["data"]


async def record(client: Api) -> dict[str, Any]:
    """Ask for every answer of every resource, and for one error of each kind."""
    recorder = Recorder(client)
    ask = recorder.ask
    lamps = {"name": "Lamps", "description": "Light"}
    category = await ask("POST", "/categories", 201, json=lamps)
    lamp = {"name": "Lamp", "description": "Oak", "price": 1.5, "category_id": category["id"]}
    product = await ask("POST", "/products", 201, json={**lamp, "stock_quantity": 9})
    ada = {"name": "Ada", "email": "ada@example.org"}
    customer = await ask("POST", "/customers", 201, json=ada)
    items = [{"product_id": product["id"], "quantity": 1, "unit_price": 1.5}]
    order = await ask("POST", "/orders", 201, json={"customer_id": customer["id"], "items": items})
    made = {"categories": category, "products": product, "customers": customer, "orders": order}
    for name, one in made.items():
        await ask("GET", f"/{name}", 200)
        await ask("GET", f"/{name}/{{id}}", 200, ids=one)
    for name, body in (("categories", lamps), ("products", lamp), ("customers", ada)):
        await ask("PUT", f"/{name}/{{id}}", 200, ids=made[name], json=body)
        await ask("PATCH", f"/{name}/{{id}}", 200, ids=made[name], json={"name": "Another"})
    received = {"delta": 2, "reason": "Received"}
    change = await ask("POST", "/products/{id}/stock", 201, ids=product, json=received)
    await ask("GET", "/products/{id}/stock", 200, ids=product)
    ids = {"id": product["id"], "change_id": change["id"]}
    await ask("GET", "/products/{id}/stock/{change_id}", 200, ids=ids)
    reports = ("products", "top-customers", "overview", "sales", "categories", "low-stock", "top-products")
    for name in reports:
        for _ in range(2):  # the second answer comes from the cache, and has cached_at
            await ask("GET", f"/dashboard/{name}", 200)
    await ask("GET", "/products?page_size=x", 400)
    await ask("GET", "/products/{id}", 404, ids={"id": UNKNOWN})
    await ask("PATCH", "/products", 405)
    await ask("POST", "/customers", 409, json=ada)
    await ask("PUT", "/categories/{id}", 412, ids=category, json=lamps, headers={"if-match": '"another"'})
    await ask("POST", "/categories", 415, content="x", headers={"content-type": "text/plain"})
    await ask("POST", "/products", 422, json={**lamp, "category_id": UNKNOWN})
    for name in ("orders", "customers", "products", "categories"):
        await ask("DELETE", f"/{name}/{{id}}", 200, ids=made[name])
    return dict(sorted(recorder.shapes.items()))


async def test_every_answer_has_its_recorded_names_and_types(
    client: Api, request: pytest.FixtureRequest
) -> None:
    found = await record(client)
    if request.config.getoption("--update-goldens"):
        GOLDEN.write_text(json.dumps(found, indent=2) + "\n")
    assert found == json.loads(GOLDEN.read_text()), "if that is meant, record it with --update-goldens"


def test_every_operation_is_recorded(document: dict[str, Any]) -> None:
    recorded = {name.rsplit(" ", 1)[0] for name in json.loads(GOLDEN.read_text())}
    for path, found in document["paths"].items():
        if path.startswith("/api/v1"):
            plain = re.sub(r"{(category|product|customer|order)_id}", "{id}", path.removeprefix("/api/v1"))
            for method, operation in found.items():
                if EVENTS in operation["responses"].get("200", {}).get("content", {}):
                    continue  # a stream of events has no end
                assert f"{method.upper()} {plain}" in recorded, (
                    "send it in `record`, and use --update-goldens"
                )
