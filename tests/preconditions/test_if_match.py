"""If-Match on PUT, PATCH and DELETE: no change that another client made meanwhile is overwritten."""

import asyncio
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.shop import Shop, data_of, error_of

UNKNOWN = "019aab28-7c20-7a01-8d3e-4b5c6d7e8f90"
RESOURCES = ["categories", "products", "customers", "orders"]
WRITES = [
    (method, resource)
    for resource in RESOURCES
    for method in ("PUT", "PATCH", "DELETE")
    if resource != "orders" or method == "DELETE"
]
CACHED = ("/dashboard/products", "/dashboard/top-customers")


@dataclass(frozen=True)
class Stand:
    """A shop with one resource of each kind, and a body that changes each."""

    shop: Shop
    ids: dict[str, str]

    def path(self, resource: str) -> str:
        return f"/api/v1/{resource}/{self.ids[resource]}"

    def body(self, method: str, resource: str) -> dict[str, Any]:
        if method == "PATCH":
            return {"name": "Changed"}
        bodies: dict[str, dict[str, Any]] = {
            "categories": {"name": "Changed"},
            "products": {"name": "Changed", "price": 7, "category_id": self.ids["categories"]},
            "customers": {"name": "Changed", "email": "changed@example.org"},
        }
        return bodies[resource]

    async def etag(self, resource: str) -> str:
        answer = await self.shop.client.get(self.path(resource))
        assert answer.status_code == 200, answer.text
        return answer.headers["etag"]

    async def write(
        self, method: str, resource: str, *if_match: str, id_: str | None = None, header: str = "if-match"
    ) -> httpx.Response:
        path = self.path(resource) if id_ is None else f"/api/v1/{resource}/{id_}"
        body = None if method == "DELETE" else self.body(method, resource)
        headers = [(header, line) for line in if_match]
        return await self.shop.client.request(method, path, json=body, headers=headers)

    async def deletable(self, method: str, resource: str) -> None:
        """Delete the order first, and the product, if nothing else can be deleted with them."""
        if method == "DELETE" and resource != "orders":
            await self.shop.client.delete(self.path("orders"))
        if (method, resource) == ("DELETE", "categories"):
            await self.shop.client.delete(self.path("products"))


@pytest.fixture
async def stand(shop: Shop) -> Stand:
    category, customer = await shop.category(), await shop.customer()
    product = await shop.product(category_id=category["id"], stock=10)
    order = await shop.order(customer, (product, 2))
    made = {"categories": category, "products": product, "customers": customer, "orders": order}
    return Stand(shop, {name: each["id"] for name, each in made.items()})


@pytest.mark.parametrize(("method", "resource"), WRITES)
async def test_a_write_with_the_current_etag_is_done(stand: Stand, method: str, resource: str) -> None:
    await stand.deletable(method, resource)
    answer = await stand.write(method, resource, await stand.etag(resource))
    assert answer.status_code == 200, answer.text
    await stand.shop.assert_summaries_are_true()


@pytest.mark.parametrize(("method", "resource"), WRITES)
async def test_a_write_with_another_etag_is_412_changes_nothing_and_invalidates_nothing(
    stand: Stand, method: str, resource: str
) -> None:
    await stand.deletable(method, resource)
    etag = await stand.etag(resource)
    for path in CACHED:
        await stand.shop.get(path)
    for tags in ('"another"', f"W/{etag}", f'"a", "{etag[1:-1]}x", W/{etag}', "", ","):
        answer = await stand.write(method, resource, tags)
        error_of(answer, 412, "PRECONDITION_FAILED")
        assert "etag" not in answer.headers
    assert await stand.etag(resource) == etag
    for path in CACHED:
        assert (await stand.shop.client.get(f"/api/v1{path}")).headers["x-cache"] == "HIT"
    read = await stand.shop.client.get(stand.path(resource))
    assert read.headers.get("x-cache", "HIT") == "HIT"
    await stand.shop.assert_summaries_are_true()


@pytest.mark.parametrize("lines", [('"a,b"', 'W/"c", {}'), ('"a" ,, {},',), ("*",)])
@pytest.mark.parametrize(("method", "resource"), WRITES)
async def test_a_list_several_lines_and_an_asterisk_match(
    stand: Stand, method: str, resource: str, lines: tuple[str, ...]
) -> None:
    await stand.deletable(method, resource)
    etag = await stand.etag(resource)
    answer = await stand.write(method, resource, *(line.format(etag) for line in lines))
    assert answer.status_code == 200, answer.text


@pytest.mark.any_server
@pytest.mark.parametrize(("method", "resource"), WRITES)
async def test_a_malformed_header_is_400_and_named(stand: Stand, method: str, resource: str) -> None:
    etag = await stand.etag(resource)
    for line in (etag.strip('"'), f"{etag} {etag}", f"*, {etag}"):
        error = error_of(await stand.write(method, resource, line), 400, "VALIDATION_ERROR")
        assert [detail["field"] for detail in error["details"]] == ["If-Match"]
    assert await stand.etag(resource) == etag


@pytest.mark.parametrize(("method", "resource"), WRITES)
async def test_a_write_that_if_none_match_excludes_is_412_and_one_that_it_allows_is_done(
    stand: Stand, method: str, resource: str
) -> None:
    await stand.deletable(method, resource)
    etag = await stand.etag(resource)
    for tags in ("*", etag, f"W/{etag}", f'"another", {etag}'):
        answer = await stand.write(method, resource, tags, header="if-none-match")
        error_of(answer, 412, "PRECONDITION_FAILED")
    error = error_of(
        await stand.write(method, resource, "a", header="if-none-match"), 400, "VALIDATION_ERROR"
    )
    assert [detail["field"] for detail in error["details"]] == ["If-None-Match"]
    assert await stand.etag(resource) == etag
    answer = await stand.write(method, resource, "*", header="if-none-match", id_=UNKNOWN)
    error_of(answer, 404, "NOT_FOUND")
    answer = await stand.write(method, resource, f'"another", "{etag[1:-1]}x"', header="if-none-match")
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(("method", "resource"), WRITES)
async def test_what_does_not_exist_is_404_whatever_if_match_says(
    stand: Stand, method: str, resource: str
) -> None:
    for line in ((), ("*",), ('"another"',)):
        error_of(await stand.write(method, resource, *line, id_=UNKNOWN), 404, "NOT_FOUND")


async def test_a_conflict_is_told_only_to_who_has_the_current_state(stand: Stand) -> None:
    error_of(await stand.write("DELETE", "products", '"another"'), 412, "PRECONDITION_FAILED")
    answer = await stand.write("DELETE", "products", await stand.etag("products"))
    error_of(answer, 409, "PRODUCT_IN_USE")


@pytest.mark.parametrize("resource", ["categories", "products", "customers"])
async def test_the_etag_of_each_answer_allows_the_next_change(stand: Stand, resource: str) -> None:
    client, path = stand.shop.client, f"/api/v1/{resource}"
    body = stand.body("PUT", resource) | ({"email": "chain@example.org"} if resource == "customers" else {})
    created = await client.post(path, json=body)
    etag, location = created.headers["etag"], created.headers["location"]
    assert (await client.get(location)).headers["etag"] == etag
    for method, change in (("PUT", body | {"name": "A"}), ("PATCH", {"name": "B"})):
        answer = await client.request(method, location, json=change, headers={"if-match": etag})
        assert answer.status_code == 200, answer.text
        assert answer.headers["etag"] != etag
        etag = answer.headers["etag"]
        read = await client.get(location)
        assert (read.headers["etag"], data_of(read, 200)) == (etag, data_of(answer, 200))
    again = await client.patch(location, json={"name": "B"}, headers={"if-match": etag})
    assert (again.status_code, again.headers["etag"]) == (200, etag)
    assert (await client.delete(location, headers={"if-match": etag})).status_code == 200


async def test_the_etag_of_a_new_order_is_that_of_its_get(stand: Stand) -> None:
    body = {
        "customer_id": stand.ids["customers"],
        "items": [{"product_id": stand.ids["products"], "quantity": 1}],
    }
    created = await stand.shop.client.post("/api/v1/orders", json=body)
    read = await stand.shop.client.get(created.headers["location"])
    assert created.headers["etag"] == read.headers["etag"]


@pytest.mark.parametrize("resource", ["categories", "customers", "products", "orders"])
async def test_lines_of_if_none_match_are_one_list(stand: Stand, resource: str) -> None:
    etag = await stand.etag(resource)
    for lines in ((etag, '"a"'), ('"a"', f"W/{etag}"), ('"a", "b"', '"c"', etag)):
        headers = [("if-none-match", line) for line in lines]
        answer = await stand.shop.client.get(stand.path(resource), headers=headers)
        assert (answer.status_code, answer.headers["etag"]) == (304, etag)
    for others in (['"a"', '"b"'], [etag.strip('"')]):
        headers = [("if-none-match", line) for line in others]
        assert (await stand.shop.client.get(stand.path(resource), headers=headers)).status_code == 200


async def change_elsewhere(stand: Stand, row: str) -> httpx.Response:
    """Change another row, or the row by another resource, whose values GET shows of the product or the order."""
    client = stand.shop.client
    match row:
        case "orders":
            return await stand.shop.try_order(
                {"id": stand.ids["customers"]}, ({"id": stand.ids["products"]}, 1)
            )
        case "a deleted order":
            return await client.delete(stand.path("orders"))
        case "stock":
            return await client.post(f"{stand.path('products')}/stock", json={"delta": 1, "reason": "Found"})
        case _:
            return await stand.write("PATCH", row)


@pytest.mark.parametrize(
    ("resource", "row"),
    [
        ("products", "orders"),
        ("products", "a deleted order"),
        ("products", "categories"),
        ("products", "stock"),
        ("orders", "customers"),
        ("orders", "products"),
        ("orders", "categories"),
    ],
)
async def test_a_change_of_any_row_that_is_shown_refuses_the_write(
    stand: Stand, resource: str, row: str
) -> None:
    etag = await stand.etag(resource)
    assert (await change_elsewhere(stand, row)).is_success
    for method, written in WRITES:
        if written == resource:
            error_of(await stand.write(method, resource, etag), 412, "PRECONDITION_FAILED")
    await stand.shop.assert_summaries_are_true()


async def test_the_last_pieces_are_not_sold_twice_by_an_old_copy_of_the_product(stand: Stand) -> None:
    read = await stand.shop.client.get(stand.path("products"))
    product, etag = data_of(read, 200), read.headers["etag"]
    await stand.shop.order({"id": stand.ids["customers"]}, (product, 8))
    body = {"name": "Same", "price": 1, "category_id": product["category"]["id"], "stock_quantity": 8}
    answer = await stand.shop.client.put(stand.path("products"), json=body, headers={"if-match": etag})
    error_of(answer, 412, "PRECONDITION_FAILED")
    assert (await stand.shop.get(f"/products/{product['id']}"))["stock_quantity"] == 0


LOCKED_ROWS = [
    (
        "PUT",
        "products",
        "UPDATE products SET total_sold = total_sold + 0, price = 8 WHERE id = %s",
        "products",
    ),
    ("PUT", "products", "UPDATE categories SET name = 'Other' WHERE id = %s", "categories"),
    ("PATCH", "categories", "UPDATE categories SET name = 'Other' WHERE id = %s", "categories"),
    ("DELETE", "customers", "UPDATE customers SET name = 'Other' WHERE id = %s", "customers"),
    ("DELETE", "orders", "UPDATE customers SET name = 'Other' WHERE id = %s", "customers"),
    ("DELETE", "orders", "UPDATE products SET name = 'Other' WHERE id = %s", "products"),
    ("DELETE", "orders", "UPDATE categories SET name = 'Other' WHERE id = %s", "categories"),
]


@pytest.mark.parametrize(("method", "resource", "update", "updated"), LOCKED_ROWS)
async def test_a_write_waits_for_a_change_that_is_about_to_be_committed_and_then_is_412(
    stand: Stand, method: str, resource: str, update: str, updated: str
) -> None:
    etag = await stand.etag(resource)
    async with stand.shop.database.transaction() as conn, conn.cursor() as cursor:
        await cursor.execute(update, (UUID(stand.ids[updated]).bytes,))
        writing = asyncio.create_task(stand.write(method, resource, etag))
        await stand.shop.until_a_transaction_waits()
        assert not writing.done()
    error_of(await writing, 412, "PRECONDITION_FAILED")


@pytest.mark.parametrize("resource", ["products", "orders"])
async def test_what_was_compared_stays_as_it_is_until_the_write_is_committed(
    stand: Stand, resource: str
) -> None:
    """The deletion is stopped at its last statement, after the comparison: a new name of the category must wait."""
    await stand.deletable("DELETE", resource)
    etag = await stand.etag(resource)
    async with stand.shop.database.transaction() as conn, conn.cursor() as cursor:
        stripes = ", ".join(f"({stripe})" for stripe in range(64))
        await cursor.execute(
            f"INSERT INTO statistics (stripe) VALUES {stripes} ON DUPLICATE KEY UPDATE orders = orders"
        )
        writing = asyncio.create_task(stand.write("DELETE", resource, etag))
        await stand.shop.until_a_transaction_waits()
        renaming = asyncio.create_task(stand.write("PATCH", "categories"))
        await asyncio.sleep(0.3)
        assert not writing.done()
        assert not renaming.done(), "the category was renamed between the comparison and the commit"
    assert ((await writing).status_code, (await renaming).status_code) == (200, 200)
