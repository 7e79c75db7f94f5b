"""The scenarios of the benchmark: for each one the requests to send, and the servers that it is about."""

import base64
import itertools
import json
import random
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct

from tools.bench.http.load import get, post
from tools.bench.http.server_process import ServerProcess

API = "/api/v1"
MANY = 1000
ORDERED_PRODUCTS = 300
ITEMS = 3
PAGE = 100
NAME = "Benchmark product"
PIECES_IN_STOCK = 1_000_000_000

Requests = Callable[[], Iterator[bytes]]
Origin = Literal["cache", "database"]


class Scenario(Struct, frozen=True):
    """One row of the table.

    `requests` makes the endless requests of one server. `origin` is where the data must come from, None for a route
    without X-Cache. With `cache_off` the servers whose cache is switched off are asked; with `has_floor` a bare handler
    is asked too. The first `warm_up` requests of each round are not measured.
    """

    name: str
    requests: Requests
    origin: Origin | None = None
    for_peers: bool = True
    cache_off: bool = False
    has_floor: bool = False
    warm_up: int = 64


class Samples(Struct, frozen=True):
    """Rows of the database that the requests name."""

    product_ids: Sequence[str]
    order_id: str
    customer_ids: Sequence[str]
    ordered_ids: Sequence[str]
    """Products of the benchmark's own, with stock for any number of orders."""
    product_cursor: str
    order_cursor: str


def call(server: ServerProcess, path: str, body: object = None) -> Any:
    """Send a request, with a `body` as POST; the JSON of the response. Raises urllib.error.HTTPError."""
    request = urllib.request.Request(
        f"http://{server.host}:{server.port}{API}{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"content-type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=20) as response:  # noqa: S310 - an http URL of this process's own server
        return json.load(response)


def take_samples(service: ServerProcess) -> Samples:
    """Choose the rows to ask for, and create the benchmark's own products unless an earlier run has done so."""
    oldest = [
        call(service, f"/products?sort=oldest&page={page + 1}&page_size={PAGE}")["data"]
        for page in range(MANY // PAGE)
    ]
    orders = call(service, f"/orders?page_size={PAGE}")
    customers = call(service, f"/customers?page_size={PAGE}")["data"]
    return Samples(
        product_ids=[product["id"] for page in oldest for product in page],
        order_id=next(order["id"] for order in orders["data"] if len(order["items"]) == ITEMS),
        customer_ids=[customer["id"] for customer in customers],
        ordered_ids=_ordered_ids(service, oldest[0][0]["category"]["id"]),
        product_cursor=call(service, "/products")["meta"]["next_cursor"],
        order_cursor=call(service, "/orders")["meta"]["next_cursor"],
    )


def _ordered_ids(service: ServerProcess, category_id: str) -> list[str]:
    name = NAME.replace(" ", "%20")
    found: list[str] = []
    for page in range(ORDERED_PRODUCTS // PAGE):
        rows = call(service, f"/products?name={name}&page={page + 1}&page_size={PAGE}")["data"]
        found += [row["id"] for row in rows if row["stock_quantity"] > PIECES_IN_STOCK // 2]
    new = {"category_id": category_id, "price": 1, "stock_quantity": PIECES_IN_STOCK}
    while len(found) < ORDERED_PRODUCTS:
        made = call(service, "/products", {"name": f"{NAME} {len(found) + 1}", **new})
        found.append(made["data"]["id"])
    return found


def refresh(service: ServerProcess, samples: Samples) -> None:
    """Order each of the benchmark's products through the service.

    The peers write to the same database and know nothing of the service's cache; this replaces what it has kept.
    """
    for start in range(0, ORDERED_PRODUCTS, ITEMS):
        ids = samples.ordered_ids[start : start + ITEMS]
        call(service, "/orders", _order(samples.customer_ids[0], ids))


def scenarios(samples: Samples) -> list[Scenario]:
    """Return all rows of the table, in its order."""
    product, order = f"{API}/products/{samples.product_ids[0]}", f"{API}/orders/{samples.order_id}"
    overview = f"{API}/dashboard/overview"
    products, orders = f"{API}/products", f"{API}/orders"
    return [
        Scenario("health", _same("/health/live"), for_peers=False),
        Scenario("overview, cached", _same(overview), "cache"),
        Scenario("product by id, cached", _same(product), "cache"),
        Scenario("order by id, cached", _same(order), "cache"),
        Scenario("1,000 products at random, cached", _at_random(samples.product_ids), "cache", warm_up=MANY),
        Scenario("product list, cached", _same(f"{products}?page=3"), "cache"),
        Scenario("order list, cached", _same(f"{orders}?page=2"), "cache"),
        Scenario("overview, cached, unique headers", _unique_headers(overview), "cache", for_peers=False),
        Scenario(
            "product list, misses only", _after(products, samples.product_cursor), "database", has_floor=True
        ),
        Scenario("order list, misses only", _after(orders, samples.order_cursor), "database", has_floor=True),
        Scenario("overview, cache off", _same(overview), "database", cache_off=True),
        Scenario("order of 3 items", _orders(samples)),
    ]


def _same(path: str) -> Requests:
    return lambda: itertools.repeat(get(path))


def _at_random(product_ids: Sequence[str]) -> Requests:
    """Ask for each of the products once, in random order, and so on: the first pass fills the cache."""

    def requests() -> Iterator[bytes]:
        shuffled = [get(f"{API}/products/{product_id}") for product_id in product_ids]
        random.shuffle(shuffled)
        return itertools.cycle(shuffled)

    return requests


def _unique_headers(path: str) -> Requests:
    """Send another X-Request-Id each time, as a proxy does."""
    return lambda: (get(path, f"X-Request-Id: {number:032x}\r\n") for number in _unique_numbers())


def _after(path: str, cursor: str) -> Requests:
    """Ask each time for the page after another cursor.

    The cursors name ids that do not exist, between the same two rows: every page has the same rows and costs the
    database the same, but none has been asked for before.
    """
    fields = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))

    def requests() -> Iterator[bytes]:
        for number in _unique_numbers():
            changed = json.dumps({**fields, "id": str(UUID(int=number))}, ensure_ascii=False).encode()
            yield get(f"{path}?cursor={base64.urlsafe_b64encode(changed).rstrip(b'=').decode()}")

    return requests


def _unique_numbers() -> Iterator[int]:
    """Count from a random number, so that no two runs meet; as ids, the numbers are above those of all rows."""
    return itertools.count((0xFE << 120) + random.getrandbits(119))


def _orders(samples: Samples) -> Requests:
    """Order three products, different ones from request to request, for many customers."""

    def requests() -> Iterator[bytes]:
        ids = [*samples.ordered_ids]
        random.shuffle(ids)
        groups = [ids[start : start + ITEMS] for start in range(0, len(ids), ITEMS)]
        for customer_id, group in zip(itertools.cycle(samples.customer_ids), itertools.cycle(groups)):
            yield post(f"{API}/orders", json.dumps(_order(customer_id, group)).encode())

    return requests


def _order(customer_id: str, product_ids: Sequence[str]) -> dict[str, Any]:
    return {
        "customer_id": customer_id,
        "items": [{"product_id": product_id, "quantity": 1} for product_id in product_ids],
    }
