"""Concurrent orders: nothing is sold twice, no client receives a deadlock, every total stays correct."""

import asyncio
import random
from collections import Counter
from uuid import UUID

from product_dashboard.observability.metrics import DEADLOCK_RETRIES
from tests.shop import Shop


async def test_of_many_who_want_the_last_pieces_exactly_so_many_get_one(shop: Shop) -> None:
    lamp = await shop.product(stock=25)
    customers = [await shop.customer() for _ in range(8)]
    answers = await asyncio.gather(*(shop.try_order(customers[n % 8], (lamp, 1)) for n in range(80)))
    assert Counter(answer.status_code for answer in answers) == {201: 25, 409: 55}
    assert {answer.json()["error"]["code"] for answer in answers if answer.status_code == 409} == {
        "INSUFFICIENT_STOCK"
    }
    read = await shop.get(f"/products/{lamp['id']}")
    assert (read["stock_quantity"], read["total_sold"]) == (0, 25)
    await shop.assert_summaries_are_true()


async def test_orders_that_name_the_same_products_in_any_order_all_succeed(shop: Shop) -> None:
    rng = random.Random(5)
    category = (await shop.category())["id"]
    products = [await shop.product(stock=1000, category_id=category) for _ in range(6)]
    customers = [await shop.customer() for _ in range(3)]
    answers = await asyncio.gather(
        *(
            shop.try_order(rng.choice(customers), *((product, 1) for product in rng.sample(products, 4)))
            for _ in range(60)
        )
    )
    assert Counter(answer.status_code for answer in answers) == {201: 60}
    await shop.assert_summaries_are_true()


async def test_of_many_deletions_of_one_order_one_succeeds(shop: Shop) -> None:
    lamp = await shop.product(stock=10)
    order = await shop.order(await shop.customer(), (lamp, 7))
    answers = await asyncio.gather(*(shop.client.delete(f"/api/v1/orders/{order['id']}") for _ in range(20)))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 404: 19}
    assert (await shop.get(f"/products/{lamp['id']}"))["stock_quantity"] == 10
    await shop.assert_summaries_are_true()


async def test_totals_stay_true_while_everything_changes_at_once(shop: Shop) -> None:
    rng = random.Random(11)
    categories = [(await shop.category())["id"] for _ in range(3)]
    products = [await shop.product("3.30", stock=40, category_id=rng.choice(categories)) for _ in range(5)]
    customers = [await shop.customer() for _ in range(4)]
    placed = [await shop.order(rng.choice(customers), (rng.choice(products), 1)) for _ in range(10)]

    async def change(number: int) -> int:
        product = rng.choice(products)
        match number % 4:
            case 0:
                category = rng.choice(categories)
                fields = {"name": "Lamp", "price": number, "stock_quantity": 40, "category_id": category}
                answer = await shop.client.put(f"/api/v1/products/{product['id']}", json=fields)
            case 1 if placed:
                answer = await shop.client.delete(f"/api/v1/orders/{placed.pop()['id']}")
            case _:
                lines = ((item, rng.randint(1, 5)) for item in rng.sample(products, 3))
                answer = await shop.try_order(rng.choice(customers), *lines)
        return answer.status_code

    statuses = Counter(await asyncio.gather(*(change(number) for number in range(1, 101))))
    assert set(statuses) <= {200, 201, 409}
    assert statuses[201] > 0
    assert statuses[200] == 25 + 10, "each of 25 products was replaced, each of 10 orders deleted"
    assert (await shop.rows("SELECT COUNT(*) FROM products WHERE stock_quantity < 0"))[0][0] == 0
    await shop.assert_summaries_are_true()


def retried() -> float:
    (metric,) = DEADLOCK_RETRIES.collect()
    return next(sample.value for sample in metric.samples if sample.name.endswith("_total"))


async def test_an_order_that_loses_a_deadlock_is_tried_again_and_nobody_notices(shop: Shop) -> None:
    category = (await shop.category())["id"]
    products = [await shop.product(category_id=category) for _ in range(2)]
    low, high = sorted(products, key=lambda product: product["id"])
    others = [await shop.customer() for _ in range(5)]
    customer = await shop.customer()
    retries = retried()

    async with shop.database.transaction() as conn, conn.cursor() as cursor:
        # This transaction has changed more, so that the order is the one that the server ends.
        for other in others:
            rename = "UPDATE customers SET name = 'Renamed' WHERE id = %s"
            await cursor.execute(rename, (UUID(other["id"]).bytes,))
        lock = "SELECT id FROM products WHERE id = %s FOR UPDATE"
        await cursor.execute(lock, (UUID(high["id"]).bytes,))
        ordering = asyncio.create_task(shop.try_order(customer, (low, 1), (high, 1)))
        await shop.until_a_transaction_waits()
        await cursor.execute(lock, (UUID(low["id"]).bytes,))

    assert (await ordering).status_code == 201
    assert retried() == retries + 1
    await shop.assert_summaries_are_true()
