"""The number of products in a range of prices is exact after every commit, whichever release wrote the products."""

import asyncio
import random
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from msgspec import UNSET

from generated import price_counts
from product_dashboard.database import Database
from product_dashboard.products import pages, price_counting
from product_dashboard.products.price_counting import count_prices, repair_counts
from product_dashboard.products.prices import bucket_of
from product_dashboard.products.schemas import ProductQuery
from tests.api_client import Api
from tests.products.tables import column, execute
from tests.waiting import PATIENCE_S

PRICES = [
    Decimal(cents).scaleb(-2)
    for cents in (
        1,
        9,
        10,
        99,
        100,
        999,
        1000,
        1099,
        1100,
        9999,
        10**4,
        10999,
        11000,
        99999,
        10**5,
        10**12 - 1,
    )
]
BOUNDS = (Decimal(0), *PRICES, Decimal("10.50"), Decimal("10.60"))
STEPS = 40
ADD = "INSERT INTO statistics (stripe, products) VALUES (0, {0}) ON DUPLICATE KEY UPDATE products = products + {0}"
COUNTS = """
    SELECT bucket, SUM(products) FROM product_price_counts
    GROUP BY bucket HAVING SUM(products) <> 0 ORDER BY bucket
"""
RECOUNT = """
    SELECT price_bucket, COUNT(*) FROM products WHERE price_bucket IS NOT NULL GROUP BY price_bucket
    UNION ALL SELECT -1, COUNT(*) FROM products WHERE price_bucket IS NOT NULL HAVING COUNT(*) > 0 ORDER BY 1
"""


class Catalogue:
    """Writes products as this release does, through the API, and as a release without counts does."""

    def __init__(self, client: Api, database: Database, category: str, seed: int) -> None:
        self.client, self.database, self.category = client, database, category
        self.dice = random.Random(seed)
        self.ids: list[str] = []
        self.prices = PRICES

    def price(self) -> Decimal:
        return self.dice.choice(self.prices)

    async def create(self) -> None:
        made = await self.client.product(self.category, price=float(self.price()))
        self.ids.append(made["id"])

    async def update(self) -> None:
        answer = await self.client.patch(
            f"/api/v1/products/{self.dice.choice(self.ids)}",
            content=f'{{"price": {self.price()}}}',
            headers={"content-type": "application/merge-patch+json"},
        )
        assert answer.status_code == 200

    async def delete(self) -> None:
        answer = await self.client.delete(f"/api/v1/products/{self._taken()}")
        assert answer.status_code == 200

    async def create_without_counting(self) -> None:
        id_ = uuid4()
        sql = "INSERT INTO products (id, category_id, name, price) VALUES (%s, %s, 'x', %s)"
        await execute(self.database, sql, id_.bytes, UUID(self.category).bytes, self.price())
        await execute(self.database, ADD.format(1))
        self.ids.append(str(id_))

    async def update_without_counting(self) -> None:
        id_ = UUID(self.dice.choice(self.ids)).bytes
        await execute(self.database, "UPDATE products SET price = %s WHERE id = %s", self.price(), id_)

    async def delete_without_counting(self) -> None:
        await execute(self.database, "DELETE FROM products WHERE id = %s", UUID(self._taken()).bytes)
        await execute(self.database, ADD.format(-1))

    async def step(self) -> None:
        writes = [self.create, self.create_without_counting]
        if self.ids:
            writes += [self.update, self.delete, self.update_without_counting, self.delete_without_counting]
        await self.dice.choice(writes)()

    async def assert_counted_as_by_count(self, ranges: int = 2) -> None:
        """Compare the totals of random ranges with COUNT(*) over the products."""
        for _ in range(ranges):
            low, high = sorted(self.dice.choices(BOUNDS, k=2))
            unbound = self.dice.choice(("none", "none", "low", "high"))
            await assert_counted(
                self.database, UNSET if unbound == "low" else low, UNSET if unbound == "high" else high
            )

    def _taken(self) -> str:
        return self.ids.pop(self.dice.randrange(len(self.ids)))


async def assert_counted(database: Database, low: Any, high: Any) -> None:
    conditions = [
        f"price {sign} {bound}" for sign, bound in ((">=", low), ("<=", high)) if bound is not UNSET
    ]
    counted = await column(
        database, f"SELECT COUNT(*) FROM products WHERE {' AND '.join(conditions or ['TRUE'])}"
    )
    for page in (1, 1000):  # the second is past the end
        query = ProductQuery(min_price=low, max_price=high, page=page, page_size=1)
        listing = await pages.read_page(database, query=query, after=None)
        assert [listing.meta.total] == counted, (query, await execute(database, COUNTS))


async def state(database: Database) -> tuple[bool, int]:
    """Return if any product is not counted, and how many are counted that do not exist."""
    async with database.connection() as conn:
        found = await price_counts.get_price_count_state(conn)
    return found.has_uncounted, found.surplus


@pytest.fixture
async def catalogue(client: Api, database: Database) -> Catalogue:
    return Catalogue(client, database, (await client.category())["id"], seed=7)


async def test_the_database_and_the_service_agree_on_the_bucket_of_a_price(catalogue: Catalogue) -> None:
    cents = {10**digits + step for digits in range(12) for step in (-1, 0, 1)} | {
        catalogue.dice.randrange(1, 10 ** catalogue.dice.randint(1, 12)) for _ in range(200)
    }
    prices = [Decimal(each).scaleb(-2) for each in sorted(cents) if each]
    for price in prices:
        catalogue.prices = [price]
        await catalogue.create_without_counting()
    found = await column(catalogue.database, "SELECT uncounted_bucket FROM products ORDER BY price")
    assert found == [bucket_of(price) for price in prices]


@pytest.mark.parametrize("seed", [1, 2])
async def test_a_range_is_counted_exactly_after_any_writes_of_this_release_and_the_last(
    catalogue: Catalogue, seed: int
) -> None:
    catalogue.dice.seed(seed)
    for number in range(STEPS):
        await catalogue.step()
        await catalogue.assert_counted_as_by_count()
        if number % 10 == 9:
            await count_prices(catalogue.database, step=2)
            await catalogue.assert_counted_as_by_count()
            await repair_counts(catalogue.database)
            assert await state(catalogue.database) == (False, 0)
            assert await execute(catalogue.database, COUNTS) == await execute(catalogue.database, RECOUNT)
            await catalogue.assert_counted_as_by_count(20)


async def test_writes_of_this_release_alone_need_no_repair(catalogue: Catalogue) -> None:
    for _ in range(12):
        await catalogue.create()
    for _ in range(6):
        await catalogue.update()
        await catalogue.delete()
        assert await state(catalogue.database) == (False, 0)
        assert await execute(catalogue.database, COUNTS) == await execute(catalogue.database, RECOUNT)


async def test_the_buckets_are_what_a_range_is_counted_by(catalogue: Catalogue) -> None:
    """A count that is wrong on purpose is seen in a range of whole buckets, and not in one within a bucket."""
    catalogue.prices = [Decimal("15.50")]
    await catalogue.create()
    await execute(catalogue.database, "UPDATE product_price_counts SET products = 5 WHERE bucket = 15")

    async def total(low: str, high: str) -> int:
        query = ProductQuery(min_price=Decimal(low), max_price=Decimal(high))
        return (await pages.read_page(catalogue.database, query=query, after=None)).meta.total

    assert await total("15", "16") == 5
    assert await total("15.10", "15.90") == 1
    assert await repair_counts(catalogue.database) == 1
    assert await total("15", "16") == 1


async def test_a_product_that_the_last_release_deleted_is_counted_by_nobody(catalogue: Catalogue) -> None:
    await catalogue.create()
    await catalogue.create()
    await catalogue.delete_without_counting()
    assert await state(catalogue.database) == (False, 1)
    await catalogue.assert_counted_as_by_count()
    assert await repair_counts(catalogue.database) == 2
    assert await state(catalogue.database) == (False, 0)


async def test_counting_and_repairs_beside_writes_lose_nothing(catalogue: Catalogue) -> None:
    for _ in range(20):
        await catalogue.create_without_counting()
    for _ in range(5):
        await catalogue.create()
        await catalogue.delete_without_counting()
    await asyncio.gather(
        *(count_prices(catalogue.database, step=3) for _ in range(2)),
        *(repair_counts(catalogue.database) for _ in range(2)),
        *(catalogue.create() for _ in range(10)),
        *(catalogue.update() for _ in range(10)),
    )
    await count_prices(catalogue.database)
    await repair_counts(catalogue.database)
    assert await state(catalogue.database) == (False, 0)
    assert await execute(catalogue.database, COUNTS) == await execute(catalogue.database, RECOUNT)
    await catalogue.assert_counted_as_by_count(20)


async def test_the_service_counts_and_repairs_by_itself(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(price_counting, "LOOK_EVERY_S", 0.01)
    await catalogue.create()
    await catalogue.create_without_counting()
    await catalogue.delete_without_counting()
    async with price_counting.counting_prices(catalogue.database), asyncio.timeout(PATIENCE_S):
        while await state(catalogue.database) != (False, 0):  # noqa: ASYNC110 - only the database knows
            await asyncio.sleep(0.01)
    assert await execute(catalogue.database, COUNTS) == await execute(catalogue.database, RECOUNT)


async def test_a_product_keeps_the_time_of_its_last_change_when_it_is_counted(catalogue: Catalogue) -> None:
    await catalogue.create_without_counting()
    await execute(catalogue.database, "UPDATE products SET updated_at = '2026-01-01'")
    before = await column(catalogue.database, "SELECT updated_at FROM products")
    assert await count_prices(catalogue.database) == 1
    assert await column(catalogue.database, "SELECT updated_at FROM products") == before
