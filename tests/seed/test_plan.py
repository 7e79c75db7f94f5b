"""Sample rows are the same in every run, refer to rows that exist, and depend only on their index."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.seed.conftest import NOW
from tools.seed.plan import BATCH_ROWS, Batch, Order, Plan, Sizes, Stage, next_batch

SIZES = Sizes(seed=3, categories=60, products=1500, customers=700, orders=1200)


def all_of(stage: Stage, sizes: Sizes = SIZES) -> Batch:
    return Batch(stage, 0, sizes.of(stage), 0)


@cache
def placed() -> tuple[Order, ...]:
    return tuple(Plan(SIZES, sales_end=NOW).orders(all_of(Stage.ORDERS)))


counts = st.integers(0, 5000)


@settings(deadline=None)
@given(categories=counts, products=counts, customers=counts, orders=counts)
def test_batches_cover_every_row_of_every_stage_once(**sizes: int) -> None:
    asked = Sizes(seed=1, **sizes)
    seen: Counter[Stage] = Counter()
    rows_done = 0
    while batch := next_batch(asked, rows_done):
        assert batch.first == seen[batch.stage]
        assert 0 < batch.end - batch.first <= BATCH_ROWS[batch.stage]
        seen[batch.stage] += batch.end - batch.first
        rows_done = batch.rows_after
    assert rows_done == asked.rows
    assert all(seen[stage] == asked.of(stage) for stage in Stage)


def test_the_same_seed_and_sizes_give_the_same_rows() -> None:
    assert placed() == tuple(Plan(SIZES, sales_end=NOW).orders(all_of(Stage.ORDERS)))
    assert Plan(SIZES, sales_end=NOW).products(all_of(Stage.PRODUCTS)) == Plan(SIZES, sales_end=NOW).products(
        all_of(Stage.PRODUCTS)
    )


@settings(deadline=None)
@given(first=st.integers(0, 1100), length=st.integers(1, 100))
def test_a_row_does_not_depend_on_those_before_it(first: int, length: int) -> None:
    part = Batch(Stage.ORDERS, first, first + length, 0)
    assert tuple(Plan(SIZES, sales_end=NOW).orders(part)) == placed()[first : first + length]


def test_an_order_names_rows_of_the_plan_at_their_prices() -> None:
    plan = Plan(SIZES, sales_end=NOW)
    products = {row.id: row for row in plan.products(all_of(Stage.PRODUCTS))}
    customers = {row.id: row for row in plan.customers(all_of(Stage.CUSTOMERS))}
    for order in placed():
        assert 1 <= len(order.items) <= 5
        assert customers[order.row.customer_id].created_at <= order.row.created_at
        assert len({item.product_id for item in order.items}) == len(order.items)
        assert all(item.order_id == order.row.id for item in order.items)
        assert all(item.unit_price == products[item.product_id].price for item in order.items)
        assert all(products[item.product_id].created_at <= order.row.created_at for item in order.items)
        assert order.row.total_quantity == sum(item.quantity for item in order.items)
        total = sum((item.quantity * item.unit_price for item in order.items), Decimal())
        assert order.row.total_price == total


def test_orders_are_spread_over_the_last_90_days_in_the_order_of_their_numbers() -> None:
    times = [order.row.created_at for order in placed()]
    assert times == sorted(times)
    days = Counter((NOW - time).days for time in times)
    assert sorted(days) == [*range(90)]
    assert NOW - times[-1] < timedelta(hours=2)
    average = len(times) / 90
    assert average / 3 < min(days.values()) < max(days.values()) < 2 * average


def test_orders_have_one_to_five_items_each_number_often() -> None:
    lengths = Counter(len(order.items) for order in placed())
    assert set(lengths) == {1, 2, 3, 4, 5}
    assert min(lengths.values()) > len(placed()) / 10


def test_products_belong_to_categories_of_the_plan_and_all_categories_are_used() -> None:
    plan = Plan(SIZES, sales_end=NOW)
    categories = {row.id for row in plan.categories(all_of(Stage.CATEGORIES))}
    assert {row.category_id for row in plan.products(all_of(Stage.PRODUCTS))} == categories


def test_ids_are_uuid7_of_the_time_of_their_row_and_unique() -> None:
    plan = Plan(SIZES, sales_end=NOW)
    rows: list[Any] = [
        *plan.categories(all_of(Stage.CATEGORIES)),
        *plan.products(all_of(Stage.PRODUCTS)),
        *plan.customers(all_of(Stage.CUSTOMERS)),
        *(order.row for order in placed()),
    ]
    items = [item for order in placed() for item in order.items]
    ids = [row.id for row in (*rows, *items)]
    assert len(set(ids)) == len(ids)
    assert {id_.version for id_ in ids} == {7}
    for row in rows:
        assert datetime.fromtimestamp((row.id.int >> 80) / 1000, UTC) == row.created_at.replace(
            microsecond=row.created_at.microsecond // 1000 * 1000
        )
    for order in placed():
        assert [item.id for item in order.items] == sorted(item.id for item in order.items)


def test_no_row_is_from_the_future_and_every_text_fits_its_column() -> None:
    plan = Plan(SIZES, sales_end=NOW)
    for customer in plan.customers(all_of(Stage.CUSTOMERS)):
        assert customer.email.isascii()
        assert len(customer.email) <= 254
    for product in plan.products(all_of(Stage.PRODUCTS)):
        assert 0 < len(product.name) <= 200
        assert product.price > 0
        assert product.price == product.price.quantize(Decimal("0.01"))
    assert all(order.row.created_at < NOW for order in placed())


def test_emails_are_unique_also_between_runs_of_other_sizes_or_seeds() -> None:
    runs = [SIZES, Sizes(seed=4, categories=60, products=1500, customers=700, orders=1200)]
    runs.append(Sizes(seed=3, categories=60, products=1500, customers=701, orders=1200))
    emails = [
        row.email
        for sizes in runs
        for row in Plan(sizes, sales_end=NOW).customers(all_of(Stage.CUSTOMERS, sizes))
    ]
    assert len(set(emails)) == len(emails)


@pytest.mark.parametrize(
    ("sizes", "hint"),
    [
        ({"categories": 0, "products": 1, "customers": 0, "orders": 0}, "--categories"),
        ({"categories": 1, "products": 0, "customers": 1, "orders": 1}, "--products"),
        ({"categories": 1, "products": 1, "customers": 0, "orders": 1}, "--customers"),
        ({"categories": -1, "products": 0, "customers": 0, "orders": 0}, "negative"),
    ],
)
def test_sizes_that_cannot_be_say_why(sizes: dict[str, int], hint: str) -> None:
    assert hint in (Sizes(seed=1, **sizes).problem() or "")


def test_sizes_without_orders_or_of_nothing_at_all_are_fine() -> None:
    assert Sizes(seed=1, categories=1, products=1, customers=0, orders=0).problem() is None
    assert Sizes(seed=1, categories=0, products=0, customers=0, orders=0).problem() is None
