"""Generated code on a live server, in the text protocol and with prepared statements."""

import dataclasses
from contextlib import aclosing
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from types import ModuleType
from typing import Any
from uuid import UUID, uuid4

import asyncmy.errors
import msgspec
import pytest
from msgspec import UNSET

START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclasses.dataclass
class Stored:
    tools: UUID
    toys: UUID
    products: list[Any]


@pytest.fixture
async def stored(conn: Any, shop: ModuleType) -> Stored:
    """Two categories, of which one is empty, and seven products."""
    await shop.clear_products(conn)
    await shop.clear_categories(conn)
    tools, toys = uuid4(), uuid4()
    await shop.add_category(conn, id=tools, name="tools")
    await shop.add_category(conn, id=toys, name="toys")
    products = [
        shop.AddProductsParams(
            id=uuid4(),
            category_id=tools,
            name=f"p{number}",
            description=None if number % 2 else "even",
            price=Decimal(number // 2) + Decimal("0.10"),
            stock=number // 3,
            active=number != 3,
            created_at=START + timedelta(microseconds=number // 2),
        )
        for number in range(7)
    ]
    assert await shop.add_products(conn, rows=products) == 7
    return Stored(tools, toys, products)


async def test_one_is_the_tables_struct_or_none(
    conn: Any, shop: ModuleType, models: ModuleType, stored: Stored
) -> None:
    product = stored.products[3]
    assert await shop.get_product(conn, id=product.id) == models.Product(
        id=product.id,
        category_id=stored.tools,
        name="P3",
        description=None,
        price=Decimal("1.10"),
        stock=1,
        active=False,
        created_at=START + timedelta(microseconds=1),
    )
    assert await shop.get_product(conn, id=uuid4()) is None
    assert await shop.get_price(conn, id=product.id) == Decimal("1.10")


@pytest.mark.usefixtures("stored")
async def test_an_aggregate_is_always_a_row(conn: Any, shop: ModuleType) -> None:
    assert await shop.totals(conn) == shop.TotalsRow(7, Decimal(5), Decimal("9.70"))
    await shop.clear_products(conn)
    assert await shop.totals(conn) == shop.TotalsRow(0, None, Decimal(0))


async def test_a_slice_may_have_any_length_and_nothing_at_all(
    conn: Any, shop: ModuleType, stored: Stored
) -> None:
    ids = [product.id for product in stored.products]
    assert await shop.names_of(conn, ids=ids[:2]) == ["P0", "P1"]
    assert await shop.names_of(conn, ids=ids[:1]) == ["P0"]
    assert await shop.names_of(conn, ids=[]) == []
    assert await shop.names_except(conn, ids=ids[:5]) == ["P5", "P6"]
    assert len(await shop.names_except(conn, ids=[])) == 7


async def test_slices_of_many_lengths_find_their_rows_with_a_few_prepared_statements(
    conn: Any, shop: ModuleType, stored: Stored
) -> None:
    ids = [*(product.id for product in stored.products), *(uuid4() for _ in range(57))]
    before = await prepared_statements(conn)
    for length in range(1, len(ids) + 1):
        found = [f"P{number}" for number in range(min(length, 7))]
        assert await shop.names_of(conn, ids=ids[:length]) == found
        assert await shop.names_except(conn, ids=ids[:length]) == [f"P{n}" for n in range(length, 7)]
        assert await shop.stock_in(conn, more=[1] * length, others=[0] * length) == [
            f"P{n}" for n in range(7)
        ]
    # Seven lengths (1, 2, 4, ... 64) of three queries; MySQL may prepare a statement again for other types of values.
    assert await prepared_statements(conn) - before <= 2 * 3 * 7


async def prepared_statements(conn: Any) -> int:
    """The number of statements that the connection has prepared."""
    async with conn.cursor() as cursor:
        await cursor.execute("SHOW SESSION STATUS LIKE 'Com_stmt_prepare'")
        [(_, count)] = await cursor.fetchall()
    return int(count)


@pytest.mark.usefixtures("stored")
async def test_a_slice_beside_other_values_leaves_them_alone_when_it_is_empty(
    conn: Any, shop: ModuleType
) -> None:
    assert await shop.stock_in(conn, more=[], others=[]) == ["P3", "P4", "P5", "P6"]
    assert await shop.stock_in(conn, more=[7, 8], others=[0]) == [f"P{n}" for n in range(7)]
    assert (await shop.in_given_order(conn, names=["P2", "P1"]))[-2:] == ["P2", "P1"]
    assert await shop.in_given_order(conn, names=[]) == [f"P{n}" for n in range(7)]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, "0123456"),
        ({"part": "3"}, "3"),
        ({"part": "%"}, "0123456"),
        ({"low": Decimal("1.10"), "high": Decimal("2.10")}, "2345"),
        ({"in_stock": True}, "3456"),
        ({"description": None}, "135"),
        ({"description": "even", "in_stock": True}, "46"),
        ({"ids": []}, ""),
        ({"scarce": True, "less_than": 1}, "012"),
        ({"scarce": False, "less_than": 1}, "0123456"),
    ],
)
async def test_an_optional_condition_holds_only_when_it_is_given(
    conn: Any, shop: ModuleType, stored: Stored, given: dict[str, Any], expected: str
) -> None:
    assert await shop.search(conn, **given) == [f"P{number}" for number in expected]
    assert await shop.search(conn, category_id=stored.tools, **given) == [f"P{number}" for number in expected]
    assert await shop.search(conn, category_id=stored.toys, **given) == []


async def test_of_a_pair_of_optional_parameters_both_are_given_or_none(conn: Any, shop: ModuleType) -> None:
    with pytest.raises(ValueError, match="low and high must be given together"):
        await shop.search(conn, low=Decimal(1))
    with pytest.raises(ValueError, match="scarce needs less_than"):
        await shop.search(conn, scarce=True)


@pytest.mark.parametrize("order", ["newest", "price_asc", "stock_desc"])
@pytest.mark.parametrize("size", [1, 2, 3, 10])
async def test_pages_by_cursor_are_the_whole_list_in_its_order(
    conn: Any, shop: ModuleType, stored: Stored, order: str, size: int
) -> None:
    whole = await shop.list_products(conn, limit=100, order=order)
    assert len(whole) == len(stored.products)
    found: list[Any] = []
    after = None
    while page := await shop.list_products(conn, limit=size, order=order, after=after):
        found += page
        sent = msgspec.json.encode(shop.list_products_cursor(page[-1], order))
        after = msgspec.json.decode(sent, type=shop.ListProductsCursor)
    assert found == whole
    assert found[0].category == "tools"


@pytest.mark.usefixtures("stored")
async def test_orders_sort_as_they_say(conn: Any, shop: ModuleType) -> None:
    rows = await shop.list_products(conn, limit=100, order="price_asc")

    def key(row: Any) -> Any:
        return row.price, [-ord(c) for c in row.name], row.id

    assert rows == sorted(rows, key=key)
    rows = await shop.list_products(conn, limit=100, order="newest")
    assert [row.created_at for row in rows] == sorted((row.created_at for row in rows), reverse=True)


@pytest.mark.usefixtures("stored")
async def test_a_cursor_of_another_order_and_an_unknown_order_are_refused(
    conn: Any, shop: ModuleType
) -> None:
    [row] = await shop.list_products(conn, limit=1, order="newest")
    cursor = shop.list_products_cursor(row, "newest")
    with pytest.raises(ValueError, match="of another order than price_asc"):
        await shop.list_products(conn, limit=1, order="price_asc", after=cursor)
    with pytest.raises(KeyError):
        await shop.list_products(conn, limit=1, order="price; DROP TABLE products")


async def test_an_embedded_struct_is_none_as_a_whole_where_nothing_was_joined(
    conn: Any, shop: ModuleType, models: ModuleType, stored: Stored
) -> None:
    rows = await shop.with_category(conn)
    assert rows[0].c == models.Category(id=stored.tools, name="tools")
    await shop.clear_categories(conn)
    assert {row.c for row in await shop.with_category(conn)} == {None}


async def test_aggregated_json_is_exact_and_a_left_join_without_a_match_an_empty_array(
    conn: Any, shop: ModuleType, stored: Stored
) -> None:
    tools, toys = await shop.categories_with_products(conn)
    assert toys == shop.CategoriesWithProductsRow("toys", ())
    assert sorted((p.name, p.price, p.created) for p in tools.products) == [
        (p.name.upper(), p.price, p.created_at) for p in stored.products
    ]


@pytest.mark.usefixtures("on_mysql")
async def test_json_objects_hold_the_types_of_their_columns(
    conn: Any, shop: ModuleType, stored: Stored
) -> None:
    product = stored.products[0]
    found = await shop.product_json(conn, id=product.id)
    assert (found.id, found.price, found.active, found.created, found.note, found.many_words) == (
        product.id, Decimal("0.10"), True, START, "even", "P0",
    )  # fmt: skip
    assert await shop.product_json(conn, id=uuid4()) is None


async def test_a_stream_gives_every_row_and_may_be_left_early(
    conn: Any, shop: ModuleType, stored: Stored
) -> None:
    ids = sorted(product.id for product in stored.products)
    async with aclosing(shop.export_products(conn)) as rows:
        assert [row.id async for row in rows] == ids
    async with aclosing(shop.export_products(conn)) as rows:
        async for row in rows:
            assert row.id == ids[0]
            break
    assert await shop.totals(conn)


async def test_a_batch_gives_one_result_for_each_item_in_order(
    conn: Any, shop: ModuleType, stored: Stored
) -> None:
    first, last = stored.products[0], stored.products[6]
    take = shop.TakeStockParams
    items = [take(id=last.id, quantity=1), take(id=first.id, quantity=1), take(id=last.id, quantity=1)]
    assert await shop.take_stock(conn, items=items) == [1, 0, 1]
    assert await shop.take_stock(conn, items=[]) == []
    find = [shop.FindPricesParams(id=last.id), shop.FindPricesParams(id=uuid4())]
    assert await shop.find_prices(conn, items=find) == [Decimal("3.10"), None]
    stocks = [shop.FindInStockParams(stock=1), shop.FindInStockParams(stock=99)]
    assert await shop.find_in_stock(conn, items=stocks) == [["P3", "P4", "P5"], []]


async def test_copyfrom_inserts_all_rows_whatever_their_number_and_updates_those_that_are_there(
    conn: Any, shop: ModuleType, stored: Stored
) -> None:
    many = [msgspec.structs.replace(stored.products[0], id=uuid4(), name=f"n'%s{n}") for n in range(1_300)]
    assert await shop.add_products(conn, rows=iter(many)) == 1_300
    totals = await shop.totals(conn)
    assert totals.products == 1_307
    changed = msgspec.structs.replace(many[7], price=Decimal("99.99"))
    await shop.add_products(conn, rows=[changed])
    found = await shop.get_product(conn, id=changed.id)
    assert (found.price, found.name) == (Decimal("99.99"), "N'%S7 100%")


async def test_big_values_are_inserted_in_small_chunks(conn: Any, shop: ModuleType, stored: Stored) -> None:
    text = "é" * 20_000
    big = [msgspec.structs.replace(stored.products[0], id=uuid4(), description=text) for _ in range(70)]
    assert await shop.add_products(conn, rows=big) == 70
    found = await shop.get_product(conn, id=big[-1].id)
    assert found.description == text


async def test_copyfrom_leaves_the_transaction_to_its_caller(
    conn: Any, shop: ModuleType, stored: Stored
) -> None:
    more = [msgspec.structs.replace(stored.products[0], id=uuid4()) for _ in range(600)]
    await conn.begin()
    await shop.add_products(conn, rows=more)
    await conn.rollback()
    totals = await shop.totals(conn)
    assert totals.products == 7
    with pytest.raises(asyncmy.errors.MySQLError):
        await shop.add_products(conn, rows=[msgspec.structs.replace(more[0], price=Decimal(10) ** 20)])


async def test_the_results_of_writes(conn: Any, shop: ModuleType) -> None:
    first = await shop.add_numbered(conn, label="a")
    second = await shop.add_numbered(conn, label="b")
    assert second == first + 1
    result = await shop.relabel(conn, label="c", id=second)
    assert (result.rowcount, result.lastrowid) == (1, 0)
    assert await shop.label_of(conn, id=second) == "c"
    assert await shop.label_of(conn, id=-1) is None


async def test_percent_signs_quotes_and_marks_arrive_as_they_were_written(
    conn: Any, shop: ModuleType, stored: Stored
) -> None:
    expected = ("100%", "what? %s :no", 'it\'s \\ "x"', '"""')
    row = await shop.literal_text(conn)
    assert (row.percent, row.marks, row.quotes, row.triple, row.rest) == (*expected, 3)
    row = await shop.literal_text_of(conn, id=stored.products[6].id)
    assert (row.percent, row.marks, row.quotes, row.triple, row.rest) == (*expected, 2)


def full(models: ModuleType) -> dict[str, Any]:
    return {
        "id": 1, "tiny": -128, "flag": True, "big": 2**64 - 1,
        "amount": Decimal("12345678901234567890.0123456789"), "single": 1.5, "ratio": 0.1, "bits": 257,
        "day": date(2026, 2, 3), "moment": datetime(2026, 2, 3, 4, 5, 6, 789, UTC),
        "stamp": datetime(2026, 2, 3, 4, 5, 6, 789_000, UTC), "span": -timedelta(hours=30, microseconds=5),
        "year_": 2026, "letters": "aé'", "ident_id": UUID(int=2**128 - 1), "raw_bytes": b"\x00%s'\"\xff",
        "picture": bytes(range(256)), "words": "%s ? \\ ' \" 🙂\n", "latin": "é",
        "kind": models.EverythingKind.Y_Z, "kinds": frozenset(models.EverythingKinds),
        "doc": msgspec.Raw(b'{"a": [1, "\\u00e9"]}'),
    }  # fmt: skip


async def test_every_type_comes_back_as_it_was_given(conn: Any, shop: ModuleType, models: ModuleType) -> None:
    given = full(models)
    await shop.put_everything(conn, **given, place="POINT(1 2)")
    found = await shop.get_everything(conn, id=1)
    for name, value in given.items():
        if name != "doc":
            assert getattr(found, name) == value, name
            assert type(getattr(found, name)) is type(value), name
    assert msgspec.json.decode(found.doc) == {"a": [1, "é"]}
    assert isinstance(found.doc, msgspec.Raw)
    assert found.place == bytes.fromhex("000000000101000000000000000000f03f0000000000000040")


async def test_every_type_may_be_null(conn: Any, shop: ModuleType, models: ModuleType) -> None:
    await shop.put_everything(conn, **{**dict.fromkeys(full(models)), "id": 2}, place=None)
    found = await shop.get_everything(conn, id=2)
    assert {
        name: getattr(found, name) for name in found.__struct_fields__ if getattr(found, name) is not None
    } == {"id": 2}


@pytest.mark.usefixtures("on_mysql")
async def test_every_type_in_json_comes_back_as_it_was_given(
    conn: Any, shop: ModuleType, models: ModuleType
) -> None:
    given = full(models)
    await shop.put_everything(conn, **given, place="POINT(1 2)")
    found = await shop.everything_json(conn, id=1)
    names = "flag big amount ratio bits day moment stamp span picture words kind kinds"
    same = {**{name: name for name in names.split()}, "year": "year_", "ident": "ident_id"}
    for name, column in same.items():
        assert getattr(found, name) == given[column], name
        assert type(getattr(found, name)) is type(given[column]), name
    assert msgspec.json.decode(found.doc) == {"a": [1, "é"]}
    assert msgspec.json.decode(found.place)["coordinates"] == [1.0, 2.0]
    assert found.pair == (-128, given["words"])
    assert found.many == (given["span"], given["span"])
    await shop.put_everything(conn, **{**dict.fromkeys(given), "id": 2}, place=None)
    empty = await shop.everything_json(conn, id=2)
    assert {getattr(empty, name) for name in same} == {None}


async def test_a_datetime_of_another_zone_is_the_same_moment(
    conn: Any, shop: ModuleType, models: ModuleType
) -> None:
    east = datetime(2026, 2, 3, 6, tzinfo=timezone(timedelta(hours=2)))
    await shop.put_everything(conn, **{**full(models), "moment": east, "stamp": east}, place=None)
    found = await shop.get_everything(conn, id=1)
    assert found.moment == found.stamp == east
    assert found.moment.tzinfo is UTC


async def test_a_naive_datetime_is_refused_before_anything_is_sent(
    conn: Any, shop: ModuleType, models: ModuleType
) -> None:
    naive = datetime(2026, 2, 3)  # noqa: DTZ001 - the naive one
    with pytest.raises(ValueError, match="without a time zone"):
        await shop.put_everything(conn, **{**full(models), "moment": naive}, place=None)


async def test_awkward_names_come_out_right(conn: Any, shop: ModuleType) -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    await shop.add_odd(conn, id=1, class_="c", conn_="d", self_="e", date=date(2026, 1, 1), int=3, a=moment)
    [row] = await shop.import_(conn, class_="c", conn_="d", self_="e", date=date(2026, 1, 1))
    assert (row.class_, row.conn, row.self, row.date, row.int, row.a_b, row.id, row.id_2, row.count_over) == (
        "c", "d", "e", date(2026, 1, 1), 3, moment, 1, 1, 1,
    )  # fmt: skip


@pytest.mark.usefixtures("stored")
async def test_nothing_optional_is_the_same_as_everything_unset(conn: Any, shop: ModuleType) -> None:
    unset = dict.fromkeys(("category_id", "part", "low", "high", "description", "ids"), UNSET)
    assert await shop.search(conn, **unset, in_stock=False) == await shop.search(conn)


def test_rows_are_frozen_and_not_tracked_by_the_garbage_collector(
    shop: ModuleType, models: ModuleType
) -> None:
    import gc  # noqa: PLC0415 - only this test needs it

    row = shop.TotalsRow(1, None, Decimal(1))
    assert not gc.is_tracked(row)
    assert not gc.is_tracked(models.Category(id=uuid4(), name="x"))
    with pytest.raises(AttributeError):
        row.products = 2


async def test_the_module_satisfies_its_own_protocol(shop: ModuleType) -> None:
    wanted = [name for name in dir(shop.Querier) if not name.startswith("_")]
    assert set(wanted) >= {"get_product", "add_products", "export_products", "search"}
    assert all(callable(getattr(shop, name)) for name in wanted)


# --- BIT: servers send a computed one as bits, as digits, or as a number ----------------------------------


@pytest.fixture
async def switches(conn: Any, shop: ModuleType) -> None:
    await shop.clear_switches(conn)
    rows = [
        shop.AddSwitchesParams(id=1, flag=1, word=0x3439),
        shop.AddSwitchesParams(id=2, flag=0, word=49),
        shop.AddSwitchesParams(id=3, flag=1, word=0),
    ]
    assert await shop.add_switches(conn, rows=rows) == 3


@pytest.mark.usefixtures("switches")
async def test_a_bit_is_its_number_whatever_the_server_makes_of_it(conn: Any, shop: ModuleType) -> None:
    assert await shop.distinct_flags(conn) == [0, 1]
    assert await shop.distinct_words(conn) == [0x3439, 49, 0]
    assert await shop.materialized_flags(conn) == [0, 1]
    assert await shop.computed_flags(conn) == [
        shop.ComputedFlagsRow(1, 1, None, 1, 0),
        shop.ComputedFlagsRow(0, 0, 0, 0, 0),
        shop.ComputedFlagsRow(1, 1, 1, 1, 0),
    ]


@pytest.mark.usefixtures("switches", "on_mysql")
async def test_a_computed_bit_in_json_is_its_number(conn: Any, shop: ModuleType) -> None:
    found = [(each.flag, each.given, each.word) for each in await shop.flags_in_json(conn)]
    assert found == [(1, 1, 0x3439), (0, 0, 49), (1, 1, 0)]
