"""The client that is generated from the document reads every answer of the service, and needs nothing else."""

import importlib
import pkgutil
import sys
from types import ModuleType
from typing import Any

import httpx
import pytest
from litestar import Litestar

from product_dashboard.app import LISTENERS
from tests.api_client import Api, Json, transport
from tests.events.conftest import crowded
from tools.openapi.cli import DOCUMENT, make_client

pytestmark = pytest.mark.any_server  # the answers of each resource are tested on both

PACKAGE = "product_dashboard_client"


class Client:
    """The generated package, and a client of it for the application of this process."""

    def __init__(self, package: ModuleType, app: Litestar) -> None:
        self.models: Any = importlib.import_module(f"{package.__name__}.models")
        api = importlib.import_module(f"{package.__name__}.api")
        self.operations: dict[str, Any] = {
            found.name.rpartition(".")[2]: importlib.import_module(found.name)
            for found in pkgutil.walk_packages(api.__path__, f"{api.__name__}.")
            if not found.ispkg
        }
        self.called: set[str] = set()
        http = httpx.AsyncClient(transport=transport(app), base_url="http://test")
        client: Any = package
        self._client = client.Client(base_url="http://test", raise_on_unexpected_status=True)
        self._client.set_async_httpx_client(http)

    async def call(self, operation: str, *path: object, status: int = 200, **more: object) -> Any:
        """Call an operation, which must be answered with `status`; return the parsed body."""
        answer = await self.operations[operation].asyncio_detailed(*path, client=self._client, **more)
        assert answer.status_code == status, answer.content
        self.called.add(operation)
        return answer.parsed


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("client") / "made"
    assert make_client(DOCUMENT, folder) == 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", [str(folder), *sys.path])
        yield importlib.import_module(PACKAGE)
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]


async def test_the_generated_client_walks_every_route(
    package: ModuleType, client: Api, app: Litestar, document: Json
) -> None:
    del client  # its fixture empties the tables
    made = Client(package, app)
    call, models = made.call, made.models
    new = models.CategoryInput(name="Lamps", description="Light")
    category = (await call("create_category", body=new, status=201)).data
    new = models.ProductInput(name="Lamp", price=19.9, stock_quantity=5, category_id=category.id)
    product = (await call("create_product", body=new, idempotency_key="a-key", status=201)).data
    again = (await call("create_product", body=new, idempotency_key="a-key", status=201)).data
    assert (again.id, product.price, product.category.name) == (product.id, 19.9, "Lamps")
    new = models.CustomerInput(name="Ada", email="ada@example.org")
    customer = (await call("create_customer", body=new, status=201)).data
    new = models.NewOrder(
        customer_id=customer.id, items=[models.NewOrderItem(product_id=product.id, quantity=2)]
    )
    order = (await call("create_order", body=new, status=201)).data
    assert (order.total_price, order.items[0].quantity) == (39.8, 2)
    received = models.NewStockChange(delta=4, reason="Received")
    change = (await call("create_stock_change", product.id, body=received, status=201)).data

    for one in ("category", "product", "customer", "order"):
        id_ = {"category": category, "product": product, "customer": customer, "order": order}[one].id
        assert (await call(f"get_{one}", id_)).data.id == id_
        several = "categories" if one == "category" else f"{one}s"
        listed = await call(f"list_{several}", page_size=5)
        assert ([each.id for each in listed.data], listed.meta.total) == ([id_], 1)
    assert (await call("get_stock_change", product.id, change.id)).data.delta == 4
    assert (await call("list_stock_changes", product.id)).meta.total >= 1

    changed = models.CategoryPatch(name="Lights")
    assert (await call("patch_category", category.id, body=changed)).data.description == "Light"
    assert (
        await call("patch_product", product.id, body=models.ProductPatch(price=20))
    ).data.stock_quantity == 7
    assert (
        await call("patch_customer", customer.id, body=models.CustomerPatch(name="Eve"))
    ).data.name == "Eve"
    await call("update_category", category.id, body=models.CategoryInput(name="Lamps"))
    body = models.ProductInput(name="Lamp", price=21, stock_quantity=1, category_id=category.id)
    await call("update_product", product.id, body=body)
    await call("update_customer", customer.id, body=models.CustomerInput(name="Ada", email="ada@example.com"))

    assert (await call("get_overview")).data.product_report.total_products == 1
    assert (await call("get_product_report")).data.total_stock == 1
    assert (await call("get_top_customers")).data[0].total_spent == 39.8
    today = (await call("get_sales", days=3)).data[2]
    assert (today.day, today.orders, today.revenue) == (order.created_at.date(), 1, 39.8)
    assert (await call("get_category_report")).data[0].revenue == 39.8
    assert (await call("get_low_stock", below=5)).data[0].id == product.id
    assert (await call("get_top_products")).data[0].total_sold == 2
    with crowded(app.state[LISTENERS]):  # its client would wait for the end of the stream
        crowd = await call("get_events", status=503)
    assert crowd.error.code == models.Code.OVERLOADED
    assert (await call("get_liveness")).data.status == "alive"
    assert (await call("get_readiness")).data.status == "ready"

    refused = await call("delete_category", category.id, status=409)
    assert refused.error.code == "CATEGORY_IN_USE"
    await call("delete_order", order.id)
    await call("delete_customer", customer.id)
    await call("delete_product", product.id)
    await call("delete_category", category.id)
    missing = await call("get_category", category.id, status=404)
    assert missing.error.code == models.Code.NOT_FOUND

    documented = {each["operationId"] for found in document["paths"].values() for each in found.values()}
    assert made.called == set(made.operations) == documented, "call each operation in this test"
