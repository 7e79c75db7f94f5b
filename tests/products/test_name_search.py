"""A search by trigrams finds what LIKE finds, for all names and parts, whichever release wrote them."""

import asyncio
import random
import unicodedata
from collections.abc import AsyncIterator, Callable
from decimal import Decimal
from typing import Literal, get_args
from uuid import UUID

import msgspec
import pytest

from generated.product_lists import ListProductsOrder
from product_dashboard.database import Database
from product_dashboard.migrate import downgrade, upgrade
from product_dashboard.products import indexing, pages, search
from product_dashboard.products.indexing import index_names
from product_dashboard.products.schemas import ProductQuery
from product_dashboard.settings import load_settings
from product_dashboard.web.paging import decode_cursor
from tests.products.tables import column, execute, wrong_trigrams
from tests.waiting import PATIENCE_S

# Cases, accents in one character or two, ligatures, letters that sort as two, characters that the collation ignores,
# blanks, wildcards, emoji of several characters, scripts without case, and both ends of Unicode.
PIECES = (
    *"aAbBeEiIkKoOsSzZ09_%\\'\"-. \t\x01", "á", "a\u0301", "Á", "\u0301", "ä", "a\u0308", "é",
    "E\u0301", "ß", "ẞ", "ss", "æ", "ae", "Æ", "œ", "ﬁ", "fi", "ĳ", "ij", "Ǆ", "dž", "ch", "ll",
    "ñ", "n\u0303", "ø", "ł", "İ", "\u0131", "i\u0307", "K", "Å", "Ⅷ", "½", "①", "㎧", "\uff41",
    "\uff05", "\u00a0", "\u2003", "\u200b", "\u200d", "\u00ad", "\ufeff", "\u0000", "Σ", "\u03c3",
    "ς", "Й", "и\u0306", "か", "が", "か\u3099", "カ", "ｶﾞ", "한", "\u1112\u1161\u11ab", "क्ष", "ก็",
    "เก", "ﷺ", "😀", "👍🏽", "👩\u200d👧", "\U00020000", "\U000e0041", "\uffff", "\U0010ffff",
)  # fmt: skip
WORDS = ("oak", "Oak", "OAK", "lamp", "Lampe", "desk lamp", "Straße", "été", "100%", "  ", "papapapa", "aaaa")
NAMES, QUERIES = 300, 120
CATEGORY = UUID(int=1)
OLD_INSERT = "INSERT INTO products (id, category_id, name, price) VALUES (%s, %s, %s, %s)"


@pytest.fixture(scope="module")
async def database(create_database: Callable[[], str]) -> AsyncIterator[Database]:
    """A database of its own, where no service writes trigrams in the background."""
    url = {"DATABASE_URL": create_database(), "REDIS_URL": "redis://unused", "DB_POOL_SIZE": "4"}
    database = Database(load_settings(url).database)
    await database.open()
    await execute(database, "INSERT INTO categories (id, name) VALUES (%s, 'All')", CATEGORY.bytes)
    await execute(database, "INSERT INTO statistics (stripe, products) VALUES (0, %s)", NAMES)
    yield database
    await database.close()


@pytest.fixture(autouse=True)
async def _no_products(database: Database) -> None:
    await execute(database, "DELETE FROM products")


def random_name(dice: random.Random) -> str:
    text = "".join(
        dice.choice(WORDS) if dice.random() < 0.3 else dice.choice(PIECES) for _ in range(dice.randint(1, 9))
    )
    place = dice.randint(0, len(text))
    return f"{text[:place]}x{text[place:]}"[:200]  # a name must not be equal to the empty text


def random_part(dice: random.Random, names: list[str]) -> str:
    """A piece of a name in another spelling, or any text."""
    name = dice.choice(names)
    start = dice.randrange(len(name))
    part = name[start : start + dice.choice((1, 2, 3, 3, 4, 5, 9))]
    forms: tuple[Literal["NFC", "NFD", "NFKC", "NFKD"], ...] = ("NFC", "NFD", "NFKC", "NFKD")
    form = dice.choice(forms)
    spellings: tuple[Callable[[str], str], ...] = (
        str,
        str.lower,
        str.upper,
        str.swapcase,
        str.strip,
        lambda text: f"{text} ",
        lambda text: unicodedata.normalize(form, text),
        lambda _: random_name(dice),
    )
    changed = dice.choice(spellings)(part)
    return changed[:200] or "a"


def random_characters(dice: random.Random) -> str:
    return "".join(
        chr(dice.choice((dice.randrange(1, 0xD800), dice.randrange(0xE000, 0x110000)))) for _ in range(9)
    )


async def add_as_an_older_release(database: Database, names: list[str]) -> list[bytes]:
    """Insert products without trigrams; their ids."""
    dice = random.Random(len(names))
    rows = [(dice.randbytes(16), CATEGORY.bytes, name, Decimal(dice.randint(1, 5))) for name in names]
    async with database.transaction() as conn, conn.cursor() as cursor:
        await cursor.executemany(OLD_INSERT, rows)
    return [row[0] for row in rows]


async def fill(database: Database, dice: random.Random) -> list[str]:
    """Products in every state that a rolling upgrade can leave, a third of them each; their names."""
    names = [random_name(dice) for _ in range(NAMES)]
    ids = await add_as_an_older_release(database, names[: NAMES * 2 // 3])
    assert await index_names(database) == len(ids)
    for position in range(0, len(ids), 2):
        names[position] = random_name(dice)
        await execute(database, "UPDATE products SET name = %s WHERE id = %s", names[position], ids[position])
    await add_as_an_older_release(database, names[NAMES * 2 // 3 :])
    return names


def pattern(part: str) -> str:
    return "%" + "".join(f"|{letter}" if letter in "|%_" else letter for letter in part) + "%"


COLUMNS = {"name": "name", "price": "price", "stock": "stock_quantity", "sold": "total_sold"}


async def plain(database: Database, query: ProductQuery) -> list[UUID]:
    """Ids of the products that LIKE finds, in the order of the query."""
    order = COLUMNS.get(query.sort.partition("_")[0], "created_at")
    way = "ASC" if query.sort.endswith("_asc") or query.sort == "oldest" else "DESC"
    cheap = " AND price <= 3" if query.max_price is not msgspec.UNSET else ""
    sql = f"SELECT id FROM products WHERE name LIKE %s ESCAPE '|'{cheap} ORDER BY {order} {way}, id {way}"
    assert isinstance(query.name, str)
    return [UUID(bytes=id_) for id_ in await column(database, sql, pattern(query.name))]


async def assert_found_as_by_like(database: Database, query: ProductQuery) -> int:
    """Compare the page of the query and the page after it; the number of all that LIKE finds."""
    ids = await plain(database, query)
    size = query.page_size
    found = await pages.read_page(database, query=query, after=None)
    assert [each.id for each in found.data] == ids[query.offset : query.offset + size], query
    assert found.meta.total == len(ids), query
    if found.meta.next_cursor is not None:
        following = msgspec.structs.replace(query, page=msgspec.UNSET, cursor=found.meta.next_cursor)
        after = decode_cursor(pages.Cursor, following, query.sort)
        found = await pages.read_page(database, query=following, after=after)
        assert [each.id for each in found.data] == ids[query.offset + size : query.offset + 2 * size], query
        assert found.meta.total == len(ids), query
    return len(ids)


@pytest.mark.parametrize("few", [0, 2 * NAMES], ids=["all trigrams are frequent", "all trigrams are rare"])
async def test_every_search_finds_what_like_finds(
    few: int, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "FEW_TO_SORT", few)
    monkeypatch.setattr(search, "FEW_TO_FILTER", few)
    dice = random.Random(few)
    names = await fill(database, dice)
    matches = 0
    for number in range(QUERIES):
        if number == QUERIES // 2:
            assert await index_names(database) > 0
        query = ProductQuery(
            name=random_part(dice, names),
            max_price=Decimal(3) if dice.random() < 0.2 else msgspec.UNSET,
            sort=dice.choice(get_args(ListProductsOrder)),
            page=dice.choice((1, 1, 2, 50)),
            page_size=dice.choice((1, 2, 7, 100)),
        )
        matches += await assert_found_as_by_like(database, query)
    assert matches > QUERIES


@pytest.mark.parametrize("seed", range(2))
async def test_a_name_that_like_finds_has_every_trigram_of_the_part(seed: int, database: Database) -> None:
    """All pairs of many names and parts at once, and random characters of all of Unicode."""
    dice = random.Random(seed)
    names = [random_name(dice) for _ in range(NAMES)]
    names += [f"x{random_characters(dice)}" for _ in range(NAMES)]
    await add_as_an_older_release(database, names)
    await index_names(database, step=NAMES)
    parts = [part for part in (random_part(dice, names) for _ in range(NAMES * 2)) if len(part) >= 3]
    async with database.transaction() as conn, conn.cursor() as cursor:
        await cursor.execute(
            "CREATE TEMPORARY TABLE parts (pattern VARCHAR(500) NOT NULL, trigram VARCHAR(3) NOT NULL) "
            "COLLATE utf8mb4_unicode_520_ci"
        )
        starts = [(part, start) for part in parts for start in {0, (len(part) - 3) // 2, len(part) - 3}]
        await cursor.executemany(
            "INSERT INTO parts VALUES (%s, %s)",
            [(pattern(part), part[start : start + 3]) for part, start in starts],
        )
        await cursor.execute(
            "SELECT COUNT(*), SUM(NOT EXISTS ("
            "SELECT 1 FROM product_trigrams AS t WHERE t.product_id = p.id AND t.trigram = parts.trigram)) "
            "FROM products AS p JOIN parts ON p.name LIKE parts.pattern ESCAPE '|'"
        )
        found, without_trigram = await cursor.fetchone()
        await cursor.execute("DROP TEMPORARY TABLE parts")
    assert found > NAMES
    assert without_trigram == 0


@pytest.mark.parametrize("changed", ["Oak lamP", "Oak lamp ", "Öak lamp", "Oak la\u0301mp", "x", "Pine"])
async def test_a_name_that_an_older_release_changes_is_searched_for_as_it_is(
    changed: str, database: Database
) -> None:
    ids = await add_as_an_older_release(database, ["Oak lamp", "Oak chair"])
    await index_names(database)
    await execute(database, "UPDATE products SET name = %s WHERE id = %s", changed, ids[0])
    for part in ("oak", "lam", "mp ", "oak lamp", changed):
        for sort in get_args(ListProductsOrder):
            await assert_found_as_by_like(database, ProductQuery(name=part, sort=sort))
    assert await index_names(database) == 1
    assert await wrong_trigrams(database) == []
    assert await index_names(database) == 0


async def test_an_older_release_can_delete_a_product_and_its_trigrams_go(database: Database) -> None:
    ids = await add_as_an_older_release(database, ["Oak lamp", "Oak chair"])
    await index_names(database)
    await execute(database, "DELETE FROM products WHERE id = %s", ids[0])
    assert await assert_found_as_by_like(database, ProductQuery(name="oak")) == 1
    assert await wrong_trigrams(database) == []


async def test_indexing_that_was_interrupted_continues_and_is_right_at_every_moment(
    database: Database,
) -> None:
    await add_as_an_older_release(database, [f"Oak lamp {number}" for number in range(60)])
    indexing = asyncio.create_task(index_names(database, step=5))
    left = 60
    while left > 40:
        left = (await column(database, "SELECT COUNT(*) FROM products WHERE unindexed_name IS NOT NULL"))[0]
        assert await assert_found_as_by_like(database, ProductQuery(name="lamp", page_size=100)) == 60
    indexing.cancel()
    await asyncio.gather(indexing, return_exceptions=True)
    done = await asyncio.gather(*(index_names(database, step=3) for _ in range(2)))
    assert 0 < sum(done) <= left
    assert await wrong_trigrams(database) == []


async def test_indexing_and_an_older_release_that_renames_meanwhile_end_in_right_trigrams(
    database: Database,
) -> None:
    ids = await add_as_an_older_release(database, [f"Oak lamp {number}" for number in range(30)])

    async def rename(number: int) -> None:
        await execute(
            database, "UPDATE products SET name = %s WHERE id = %s", f"Pine {number}", ids[number % 30]
        )

    await asyncio.gather(
        *(index_names(database, step=4) for _ in range(2)), *(rename(number) for number in range(60))
    )
    await index_names(database)
    assert await wrong_trigrams(database) == []
    assert await assert_found_as_by_like(database, ProductQuery(name="pine")) == 30


@pytest.mark.parametrize("count", [1, 3])
async def test_nothing_is_missed_after_migrations_were_taken_back_and_applied_again(
    count: int, create_database: Callable[[], str]
) -> None:
    url = create_database()
    database = Database(load_settings({"DATABASE_URL": url, "REDIS_URL": "redis://unused"}).database)
    await database.open()
    await execute(database, "INSERT INTO categories (id, name) VALUES (%s, 'All')", CATEGORY.bytes)
    ids = await add_as_an_older_release(database, ["Oak lamp", "Oak chair"])
    await index_names(database)
    await asyncio.to_thread(downgrade, url, count=count)
    await execute(database, "UPDATE products SET name = 'Pine lamp' WHERE id = %s", ids[0])
    await asyncio.to_thread(upgrade, url)
    for part, found in (("oak", 1), ("pine", 1), ("lamp", 1), ("chair", 1)):
        assert await assert_found_as_by_like(database, ProductQuery(name=part)) == found
    await index_names(database)
    assert await wrong_trigrams(database) == []
    await database.close()


async def until_right(database: Database) -> None:
    while True:
        if await wrong_trigrams(database) == []:
            return
        await asyncio.sleep(0.01)


async def test_the_service_writes_missing_trigrams_by_itself(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "LOOK_EVERY_S", 0.01)
    await add_as_an_older_release(database, ["Oak lamp"])
    async with indexing.indexing_names(database), asyncio.timeout(PATIENCE_S):
        await until_right(database)
        await add_as_an_older_release(database, ["Oak chair", "Oak desk"])
        await until_right(database)
    assert await assert_found_as_by_like(database, ProductQuery(name="oak")) == 3
