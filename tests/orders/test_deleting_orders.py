"""DELETE /orders/{id}: everything goes back to where it was."""

from decimal import Decimal
from uuid import uuid4

from product_dashboard.web.fields import MAX_STOCK
from tests.shop import Shop, data_of, error_of


async def test_deleting_an_order_gives_its_items_back_and_lowers_all_totals(shop: Shop) -> None:
    lamp, vase = await shop.product("5.00", stock=10), await shop.product("1.10", stock=4)
    customer = await shop.customer()
    kept = await shop.order(customer, (lamp, 1))
    order = await shop.order(customer, (lamp, 2), (vase, 4))

    answer = await shop.client.delete(f"/api/v1/orders/{order['id']}")

    assert data_of(answer, 200) is None
    lamp_now, vase_now = [await shop.get(f"/products/{product['id']}") for product in (lamp, vase)]
    assert (lamp_now["stock_quantity"], lamp_now["total_sold"]) == (9, 1)
    assert (vase_now["stock_quantity"], vase_now["total_sold"]) == (4, 0)
    assert [found["id"] for found in await shop.get("/orders")] == [kept["id"]]
    best = (await shop.get("/dashboard/top-customers"))[0]
    assert (best["total_spent"], best["total_orders"]) == (Decimal("5.00"), 1)
    await shop.assert_summaries_are_true()


async def test_an_order_that_was_deleted_is_gone_from_the_cache_too(shop: Shop) -> None:
    order = await shop.order(await shop.customer(), (await shop.product(), 1))
    path = f"/api/v1/orders/{order['id']}"
    for _ in range(2):
        assert (await shop.client.get(path)).status_code == 200
    assert (await shop.client.delete(path)).status_code == 200
    error_of(await shop.client.get(path), 404, "NOT_FOUND")
    error_of(await shop.client.delete(path), 404, "NOT_FOUND")


async def test_unknown_orders_are_not_found_and_bad_ids_are_refused(shop: Shop) -> None:
    for method in ("GET", "DELETE"):
        error_of(await shop.client.request(method, f"/api/v1/orders/{uuid4()}"), 404, "NOT_FOUND")
        error_of(await shop.client.request(method, "/api/v1/orders/7"), 400, "VALIDATION_ERROR")


async def test_a_customer_and_a_product_can_go_once_their_order_is_deleted(shop: Shop) -> None:
    lamp, customer = await shop.product(), await shop.customer()
    order = await shop.order(customer, (lamp, 1))
    error_of(await shop.client.delete(f"/api/v1/customers/{customer['id']}"), 409, "CUSTOMER_IN_USE")
    error_of(await shop.client.delete(f"/api/v1/products/{lamp['id']}"), 409, "PRODUCT_IN_USE")
    await shop.client.delete(f"/api/v1/orders/{order['id']}")
    assert (await shop.client.delete(f"/api/v1/customers/{customer['id']}")).status_code == 200
    assert (await shop.client.delete(f"/api/v1/products/{lamp['id']}")).status_code == 200
    await shop.assert_summaries_are_true()


async def test_an_order_whose_deletion_would_lift_the_stock_above_its_limit_stays(shop: Shop) -> None:
    """A PUT of what a GET has answered is valid: no stock is above the highest that a client may write."""
    full, other = await shop.product(stock=5), await shop.product(stock=5)
    customer = await shop.customer()
    order = await shop.order(customer, (full, 3), (other, 2))
    full = await shop.replace_product(full, stock_quantity=MAX_STOCK - 2)
    path = f"/api/v1/orders/{order['id']}"
    cached = (path, f"/api/v1/products/{other['id']}", "/api/v1/dashboard/top-customers")
    for each in cached:
        await shop.client.get(each)

    error = error_of(await shop.client.delete(path), 409, "STOCK_LIMIT")

    named = {"product_id": full["id"], "product_name": full["name"]}
    assert error["details"] == [{**named, "added": 3, "stock_quantity": MAX_STOCK - 2}]
    assert {(await shop.client.get(each)).headers["x-cache"] for each in cached} == {"HIT"}
    await shop.assert_summaries_are_true()

    await shop.replace_product(full, stock_quantity=MAX_STOCK - 3)
    assert (await shop.client.delete(path)).status_code == 200
    full = await shop.get(f"/products/{full['id']}")
    assert full["stock_quantity"] == MAX_STOCK
    await shop.replace_product(full)
    await shop.assert_summaries_are_true()
