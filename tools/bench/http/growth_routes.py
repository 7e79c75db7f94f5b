"""The requests of the growth benchmark: every operation of the API, lists with each kind of filter, order and page."""

import http.client
import itertools
import json
import time
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from msgspec import Struct, field

from tools.bench.http.server_process import ServerProcess
from tools.openapi.cli import DOCUMENT
from tools.seed.plan import Sizes

SORTS = (
    "name_asc", "name_desc", "price_asc", "price_desc", "stock_asc", "stock_desc", "sold_desc", "newest", "oldest",
)  # fmt: skip
PIECES_IN_STOCK = 1_000_000_000
BASE = "/api/v1"
NOT_MEASURED = frozenset({"GET /dashboard/events"})  # a stream, which does not end
_numbers = itertools.count(time.time_ns())


class Request(Struct):
    """One request; `path` is relative to /api/v1."""

    method: str
    path: str
    body: object = None


class Shop:
    """One of the two servers, with a connection that stays open, and rows in the middle of its data."""

    def __init__(self, server: ServerProcess, sizes: Sizes) -> None:
        self.sizes = sizes
        self._connection = http.client.HTTPConnection(server.host, server.port, timeout=60)
        self.order = self.get(f"/orders?page={sizes.orders // 20}")["data"][0]
        self.product = self.get(f"/products?sort=newest&page={sizes.products // 20}")["data"][0]
        self.category_id = self.product["category"]["id"]

    def send(self, request: Request) -> tuple[float, int, Any]:
        """Send a request: the milliseconds, the status, and the answer's JSON."""
        content = None if request.body is None else json.dumps(request.body)
        kind = "application/merge-patch+json" if request.method == "PATCH" else "application/json"
        began = time.perf_counter()
        self._connection.request(request.method, BASE + request.path, content, {"content-type": kind})
        response = self._connection.getresponse()
        raw = response.read()
        return (time.perf_counter() - began) * 1000, response.status, json.loads(raw)

    def done(self, request: Request) -> Any:
        """Send a request: the JSON of its answer. Raises SystemExit if it does not succeed."""
        _, status, answer = self.send(request)
        if status not in {HTTPStatus.OK, HTTPStatus.CREATED}:
            raise SystemExit(
                f"error: {request.method} {request.path} answered {status}: {answer.get('error')}"
            )
        return answer

    def get(self, path: str) -> Any:
        return self.done(Request("GET", path))

    def create(self, path: str, body: object) -> str:
        """Create a resource; its path."""
        return f"{path}/{self.done(Request('POST', path, body))['data']['id']}"


class Route(Struct):
    """One kind of request. `request` is called before each round, and its own time is not measured."""

    operation: str
    name: str
    request: Callable[[Shop], Request]
    times_ms: tuple[list[float], list[float]] = field(default_factory=lambda: ([], []))
    rows: list[int | None] = field(default_factory=list[int | None])


def _get(operation: str, name: str, path: Callable[[Shop], str]) -> Route:
    return Route(f"GET {operation}", name, lambda shop: Request("GET", path(shop)))


def _at(path: str) -> Callable[[Shop], str]:
    return lambda _: path


def _products(title: str, /, **query: object) -> Route:
    return _get("/products", title, _at(f"/products?{urlencode(query)}"))


def _after_cursor(path: str, rows: Callable[[Shop], int]) -> Callable[[Shop], str]:
    """Return a function for the path after a cursor in the middle of a list, which it finds once for each shop."""
    found: dict[Shop, str] = {}

    def after(shop: Shop) -> str:
        if shop not in found:
            mark = "&" if "?" in path else "?"
            page = shop.get(f"{path}{mark}page={max(1, rows(shop) // 20)}&page_size=10")
            found[shop] = f"{path}{mark}cursor={page['meta']['next_cursor']}"
        return found[shop]

    return after


def unmeasured() -> set[str]:
    """Return the operations of the document that have neither a route here nor a reason in NOT_MEASURED."""
    paths = json.loads(DOCUMENT.read_bytes())["paths"]
    operations = {
        f"{method.upper()} {path.removeprefix(BASE)}"
        for path, methods in paths.items()
        for method in methods
        if path.startswith(BASE)
    }
    return operations - {route.operation for route in routes()} - NOT_MEASURED


def routes() -> Iterator[Route]:
    yield from _details()
    yield from _lists()
    yield from _lists_of_products()
    yield from _searches()
    yield from _writes()


def _details() -> Iterator[Route]:
    reports = {
        "overview": "?limit=100",
        "products": "",
        "top-customers": "?limit=100",
        "sales": "?days=30",
        "categories": "",
        "low-stock": "?limit=100",
        "top-products": "?limit=100",
    }
    for name, query in reports.items():
        path = f"/dashboard/{name}"
        yield _get(path, name, _at(path + query))
    yield _get("/products/{product_id}", "product", lambda shop: f"/products/{shop.product['id']}")
    yield _get("/categories/{category_id}", "category", lambda shop: f"/categories/{shop.category_id}")
    yield _get("/customers/{customer_id}", "customer", lambda shop: f"/customers/{shop.order['customer_id']}")
    yield _get("/orders/{order_id}", "order", lambda shop: f"/orders/{shop.order['id']}")


def _lists() -> Iterator[Route]:
    yield _get("/categories", "categories", _at("/categories"))
    yield from _pages("/customers", lambda shop: shop.sizes.customers)
    yield from _pages("/orders", lambda shop: shop.sizes.orders)


def _pages(path: str, rows: Callable[[Shop], int]) -> Iterator[Route]:
    name = path[1:]
    yield _get(path, name, _at(f"{path}?page=2"))
    yield _get(path, f"{name}, page 100", _at(f"{path}?page=100"))
    yield _get(path, f"{name} after a cursor", _after_cursor(path, rows))
    yield _get(path, f"{name} past the end", _at(f"{path}?page=1000000"))
    yield _get(path, f"{name}, page in the middle", lambda shop: f"{path}?page={rows(shop) // 20}")


def _lists_of_products() -> Iterator[Route]:
    for sort in SORTS:
        yield _products(f"products {sort}", sort=sort, page=3)
    yield _get(
        "/products",
        "products after a cursor",
        _after_cursor("/products?sort=newest", lambda shop: shop.sizes.products),
    )
    yield _products("products past the end", page=1_000_000)
    yield _get(
        "/products",
        "products, page in the middle",
        lambda shop: f"/products?page={shop.sizes.products // 20}",
    )
    yield _get(
        "/products", "products of a category", lambda shop: f"/products?category_id={shop.category_id}"
    )
    yield _products("price from 20 to 21", min_price=20, max_price=21)
    yield _products("price from 20 to 40", min_price=20, max_price=40)
    yield _products("price from 20 to 40, newest", min_price=20, max_price=40, sort="newest")
    yield _products("price from 20", min_price=20)
    yield _products("price range past the end", min_price=20, max_price=40, page=1_000_000)
    yield _products("stock from 10 to 20", min_stock=10, max_stock=20)
    yield _products("stock from 100", min_stock=100)
    yield _products("in stock", min_stock=1)


def _searches() -> Iterator[Route]:
    yield _products("name with oak", name="oak")
    yield _products("name with oak, by price", name="oak", sort="price_asc")
    yield _products("name with oak, past the end", name="oak", page=1_000_000)
    yield _products("name with desk lamp", name="desk lamp")
    yield _products("name with desk lamp, newest", name="desk lamp", sort="newest")
    yield _products("name with desk lamp, in stock", name="desk lamp", min_stock=1)
    yield _products("name with warm grey, the last by name", name="warm grey")
    yield _products("name with ra, two characters", name="ra")
    yield _get(
        "/products",
        "name with its code",
        lambda shop: f"/products?{urlencode({'name': shop.product['name'][-5:]})}",
    )
    yield _products("name that no product has", name="zzz")


def _writes() -> Iterator[Route]:
    yield from _life("categories", "category_id", lambda _: {"name": f"Bench {next(_numbers)}"})
    yield from _life(
        "customers",
        "customer_id",
        lambda _: {"name": f"Bench {next(_numbers)}", "email": f"{next(_numbers)}@example.org"},
    )
    yield from _life("products", "product_id", _new_product)
    yield Route("POST /orders", "create orders (of three items)", _new_order)
    yield Route(
        "DELETE /orders/{order_id}",
        "delete orders",
        lambda shop: Request("DELETE", shop.create("/orders", _new_order(shop).body)),
    )
    stock = "/products/{product_id}/stock"
    yield Route(
        f"POST {stock}", "change the stock", lambda shop: Request("POST", _stock(shop), _new_change(shop))
    )
    yield _get(stock, "changes of the stock", _stock)
    yield _get(
        f"{stock}/{{change_id}}",
        "one change of the stock",
        lambda shop: shop.create(_stock(shop), _new_change(shop)),
    )


def _life(resource: str, parameter: str, body: Callable[[Shop], dict[str, Any]]) -> Iterator[Route]:
    path = f"/{resource}"

    def new(shop: Shop) -> str:
        return shop.create(path, body(shop))

    one = f"{path}/{{{parameter}}}"
    yield Route(f"POST {path}", f"create {resource}", lambda shop: Request("POST", path, body(shop)))
    yield Route(f"PUT {one}", f"replace {resource}", lambda shop: Request("PUT", new(shop), body(shop)))
    yield Route(
        f"PATCH {one}",
        f"patch {resource}",
        lambda shop: Request("PATCH", new(shop), {"name": f"Patched {next(_numbers)}"}),
    )
    yield Route(f"DELETE {one}", f"delete {resource}", lambda shop: Request("DELETE", new(shop)))


def _new_product(shop: Shop) -> dict[str, Any]:
    return {
        "name": f"Bench lamp {next(_numbers)}",
        "price": 1,
        "stock_quantity": PIECES_IN_STOCK,
        "category_id": shop.category_id,
    }


def _new_order(shop: Shop) -> Request:
    """Create three products, and return the request for an order of them."""
    made = [shop.create("/products", _new_product(shop)).rpartition("/")[2] for _ in range(3)]
    items = [{"product_id": product_id, "quantity": 1} for product_id in made]
    return Request("POST", "/orders", {"customer_id": shop.order["customer_id"], "items": items})


def _stock(shop: Shop) -> str:
    return f"/products/{shop.product['id']}/stock"


def _new_change(_: Shop) -> dict[str, Any]:
    return {"delta": 1, "reason": "Benchmark"}
