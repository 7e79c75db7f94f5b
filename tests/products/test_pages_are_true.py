"""Random pages of products against the plain way: all rows of the same conditions, sorted, and cut in Python."""

import random
from decimal import Decimal
from typing import Any, cast, get_args
from uuid import UUID

import msgspec
import pytest
from msgspec import UNSET, UnsetType

from generated.product_lists import ListProductsOrder
from product_dashboard.database import Database
from product_dashboard.products import pages
from product_dashboard.products.price_counting import count_prices
from product_dashboard.products.schemas import Product, ProductQuery
from product_dashboard.web.paging import Listing, PageQuery, decode_cursor
from tests.api_client import Api
from tests.statements import CountedStatements, OneConnection, rows_touched

QUERIES = 150
COLUMNS: dict[str, str] = {
    "name": "name",
    "price": "price",
    "stock": "stock_quantity",
    "sold": "total_sold",
    "newest": "created_at",
    "oldest": "created_at",
}
PARTS = ("lamp", "LAMP", "é", "e", "ß", "ss", "100%", "_", "\\", "'", "🔭", "oak desk", "no such name", " ")
NAMES = ("Oak desk lamp", "Lampe à l'été", "Straße", "Strasse", "100% wool", "a_b\\c", "🔭 pocket", "x")


@pytest.fixture
async def shop(client: Api, database: Database) -> Database:
    """180 products with many equal names, prices, stocks, sales and times."""
    categories = [UUID((await client.category(name))["id"]).bytes for name in ("Lamps", "Chairs", "Empty")]
    dice = random.Random(4)
    rows = [
        (
            UUID(int=dice.getrandbits(128)).bytes,
            dice.choice(categories[:2]),
            dice.choice(NAMES) + dice.choice(("", " 2", " oak")),
            dice.choice(("1.00", "1.50", "20.00", "9999.99")),
            dice.randrange(4),
            dice.randrange(3),
            f"2026-01-0{dice.randint(1, 9)} 00:00:00",
        )
        for _ in range(180)
    ]
    async with database.transaction() as conn, conn.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO products (id, category_id, name, price, stock_quantity, total_sold, created_at) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s)",
            rows,
        )
        await cursor.execute(
            "INSERT INTO statistics (stripe, products) VALUES (1, 200), (2, -20) "
            "ON DUPLICATE KEY UPDATE products = VALUES(products)"  # a category may have chosen the same stripe
        )
    return database


def random_query(dice: random.Random, categories: list[UUID]) -> ProductQuery:
    def perhaps(values: Any) -> Any:
        return dice.choice(values) if dice.random() < 0.3 else UNSET

    prices = sorted(
        dice.choices([Decimal(0), Decimal("1.5"), Decimal("1.51"), Decimal(20), Decimal(10000)], k=2)
    )
    stocks = sorted(dice.choices(range(5), k=2))
    return ProductQuery(
        name=perhaps(PARTS),
        category_id=perhaps(categories),
        min_price=perhaps(prices[:1]),
        max_price=perhaps(prices[1:]),
        min_stock=perhaps(stocks[:1]),
        max_stock=perhaps(stocks[1:]),
        sort=dice.choice(get_args(ListProductsOrder)),
        page_size=dice.choice((1, 3, 10, 100)),
    )


def _as_part(name: str | UnsetType) -> str | UnsetType:
    if name is UNSET:
        return UNSET
    return "%" + "".join(f"|{letter}" if letter in "|%_" else letter for letter in name) + "%"


async def plain(database: Database, query: ProductQuery) -> list[UUID]:
    """Ids of all products that the query asks for, in its order."""
    conditions, values = ["TRUE"], list[object]()
    for condition, value in (
        ("name LIKE %s ESCAPE '|'", _as_part(query.name)),
        ("category_id = %s", query.category_id),
        ("price >= %s", query.min_price),
        ("price <= %s", query.max_price),
        ("stock_quantity >= %s", query.min_stock),
        ("stock_quantity <= %s", query.max_stock),
    ):
        if value is not UNSET:
            conditions.append(condition)
            values.append(value.bytes if isinstance(value, UUID) else value)
    column = COLUMNS[query.sort.partition("_")[0]]
    way = "ASC" if query.sort.endswith("_asc") or query.sort == "oldest" else "DESC"
    async with database.connection() as conn, conn.cursor() as cursor:
        await cursor.execute(
            f"SELECT id FROM products WHERE {' AND '.join(conditions)} ORDER BY {column} {way}, id {way}",
            values,
        )
        return [UUID(bytes=row[0]) for row in await cursor.fetchall()]


def expected(ids: list[UUID], query: PageQuery, offset: int) -> tuple[list[UUID], int, bool]:
    """Ids of the page, the total, and if a cursor follows."""
    end = offset + query.page_size
    return ids[offset:end], len(ids), len(ids) > end


def shown(listing: Listing[Product]) -> tuple[list[UUID], int, bool]:
    return [each.id for each in listing.data], listing.meta.total, listing.meta.next_cursor is not None


@pytest.mark.parametrize("seed", [1, 2])
async def test_a_page_is_what_the_plain_way_gives(shop: Database, seed: int) -> None:
    if seed == 2:
        assert await count_prices(shop) == 180
    dice = random.Random(seed)
    async with shop.connection() as conn, conn.cursor() as cursor:
        await cursor.execute("SELECT id FROM categories")
        categories = [UUID(bytes=row[0]) for row in await cursor.fetchall()]
    rows_seen = 0
    for _ in range(QUERIES):
        query = random_query(dice, categories)
        ids = await plain(shop, query)
        number = dice.choice((1, 2, dice.randint(1, 200), 1_000_000))
        numbered = msgspec.structs.replace(query, page=number)
        found = await pages.read_page(shop, query=numbered, after=None)
        assert shown(found) == expected(ids, query, numbered.offset), numbered
        rows_seen += len(found.data)
        cursor_text, offset = found.meta.next_cursor, numbered.offset + query.page_size
        if cursor_text is not None:
            following = msgspec.structs.replace(query, cursor=cursor_text)
            after = decode_cursor(pages.Cursor, following, query.sort)
            found = await pages.read_page(shop, query=following, after=after)
            assert shown(found) == expected(ids, query, offset), following
            assert found.meta.page is None
    assert rows_seen > QUERIES


async def test_a_page_and_its_total_are_one_statement(shop: Database) -> None:
    """A search sends one more before it, which only chooses a trigram."""
    for query, statements in (
        (ProductQuery(), 1),
        (ProductQuery(page=3, sort="newest"), 1),
        (ProductQuery(name="la", min_price=Decimal(1)), 1),
        (ProductQuery(min_price=Decimal(1), max_price=Decimal(2)), 1),
        (ProductQuery(name="lam"), 1),
        (ProductQuery(name="lam", sort="newest"), 2),
        (ProductQuery(name="lamp", min_price=Decimal(1)), 2),
        (ProductQuery(name="no such name"), 2),
    ):
        counted = CountedStatements(shop)
        await pages.read_page(cast("Database", counted), query=query, after=None)
        assert counted.sent == statements, query


async def test_a_page_past_the_end_has_the_total_and_reads_no_product(shop: Database) -> None:
    async with shop.connection() as conn:
        async with conn.cursor() as cursor:
            # A plan must not depend on when the server last counted the new rows.
            await cursor.execute("ANALYZE TABLE products, statistics")
            await cursor.fetchall()
        before = await rows_touched(conn)
        one = cast("Database", OneConnection(conn))
        found = await pages.read_page(one, query=ProductQuery(page=1000), after=None)
        assert (found.data, found.meta.total) == ((), 180)
        assert await rows_touched(conn) - before < 180, "the index was searched to its end"
