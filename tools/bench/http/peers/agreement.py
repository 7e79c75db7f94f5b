"""Checks that a peer answers as the service does: a peer that does less would be faster without merit."""

from collections.abc import Iterator, Sequence
from typing import Any, cast

from tools.bench.http.scenarios import ITEMS, Samples, call
from tools.bench.http.server_process import ServerProcess

OF_ONE_ANSWER = {"total_time_ms", "cached_at"}
OF_ONE_ORDER = {"id", "created_at"}


def disagreements(service: ServerProcess, peer: ServerProcess, samples: Samples) -> list[str]:
    """Return what the peer does differently; `service` must not cache, as it does not see the peer's writes.

    Compares every read from the database and from the peer's cache, then an order and all that it changes.
    """
    found = [path for path in _reads(samples) for _ in range(2) if not _is_same(service, peer, path)]
    ids = samples.ordered_ids[:ITEMS]
    order = {
        "customer_id": samples.customer_ids[0],
        "items": [
            {"product_id": product_id, "quantity": number + 1} for number, product_id in enumerate(ids)
        ],
    }
    touched = [
        "/dashboard/overview",
        "/products",
        "/orders",
        *(f"/products/{product_id}" for product_id in ids),
    ]
    for path in touched:
        call(peer, path)  # now the peer's cache has what the order changes
    before = call(service, f"/products/{ids[0]}")["data"]
    ours, theirs = (call(server, "/orders", order)["data"] for server in (service, peer))
    if _without(ours, OF_ONE_ORDER) != _without(theirs, OF_ONE_ORDER):
        found.append("POST /orders")
    after = call(service, f"/products/{ids[0]}")["data"]
    if (
        after["stock_quantity"] != before["stock_quantity"] - 2
        or after["total_sold"] != before["total_sold"] + 2
    ):
        found.append("POST /orders: the stock")
    touched.append(f"/orders/{theirs['id']}")
    found += [f"{path} after an order" for path in touched if not _is_same(service, peer, path)]
    return found


def different_lists(service: ServerProcess, bare: ServerProcess, samples: Samples) -> list[str]:
    """Return the lists that a server with lists only answers otherwise than the service."""
    return [path for path in _lists_after_a_cursor(samples) if not _is_same(service, bare, path)]


def _reads(samples: Samples) -> Iterator[str]:
    yield "/dashboard/overview"
    yield "/dashboard/overview?limit=3"
    yield f"/products/{samples.product_ids[0]}"
    yield f"/orders/{samples.order_id}"
    yield "/products?page=3"
    yield "/orders?page=2&page_size=5"
    yield from _lists_after_a_cursor(samples)


def _lists_after_a_cursor(samples: Samples) -> Iterator[str]:
    yield f"/products?cursor={samples.product_cursor}"
    yield f"/orders?cursor={samples.order_cursor}"


def _is_same(service: ServerProcess, peer: ServerProcess, path: str) -> bool:
    ours, theirs = (call(server, path) for server in (service, peer))
    return bool(_without(ours, OF_ONE_ANSWER) == _without(theirs, OF_ONE_ANSWER))


def _without(value: Any, names: set[str]) -> Any:
    """Return JSON without these fields, at any depth."""
    if isinstance(value, dict):
        fields = cast("dict[str, Any]", value)
        return {name: _without(each, names) for name, each in fields.items() if name not in names}
    if isinstance(value, list):
        return [_without(each, names) for each in cast("Sequence[Any]", value)]
    return value
