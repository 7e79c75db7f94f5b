"""The indexes serve the queries: the server's plans for the calls of the service."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any, cast, get_args

import pytest

from generated import categories, customers, dashboard, orders, product_lists, product_matches, product_search
from product_dashboard.dashboard.service import (
    read_category_report,
    read_low_stock,
    read_sales,
    read_top_products,
)
from product_dashboard.database import Database
from product_dashboard.database.driver import is_mariadb
from product_dashboard.orders.pages import read_page as read_orders
from product_dashboard.products import pages
from product_dashboard.products.schemas import ProductQuery
from product_dashboard.web.paging import PageQuery
from tests.schema.conftest import SIZES, Explain, Step
from tests.statements import OneConnection, rows_touched

INDEX_OF_ORDER = {
    "name_asc": "name",
    "name_desc": "name",
    "price_asc": "price",
    "price_desc": "price",
    "stock_asc": "stock_quantity",
    "stock_desc": "stock_quantity",
    "sold_desc": "total_sold",
    "newest": "created_at",
    "oldest": "created_at",
}


def assert_page_comes_from(index: str, plan: dict[str, Step]) -> None:
    """Assert that the page is read only from `index`, in its order, and all other rows by primary key.

    Of the statistics, 64 rows are read for the total.
    """
    page = plan["q"]
    assert page.key == index, page
    assert "Using index" in page.extra, page
    assert "filesort" not in page.extra, page
    assert [step for step in plan.values() if step.is_full_scan and step.table != "s"] == []


def test_every_sort_of_the_product_list_has_an_index_named_here() -> None:
    assert set(INDEX_OF_ORDER) == set(get_args(product_lists.ListProductsOrder))


@pytest.mark.parametrize("order", INDEX_OF_ORDER)
async def test_a_page_of_products_is_read_from_the_index_of_its_sort(order: Any, explain: Explain) -> None:
    plan = await explain(
        product_lists.list_products, is_filtered=False, least_stock=0, order=order, limit=21, offset=40
    )
    assert_page_comes_from(f"products_by_{INDEX_OF_ORDER[order]}", plan)


@pytest.mark.parametrize("order", INDEX_OF_ORDER)
async def test_a_page_of_a_category_is_read_from_the_index_of_category_and_sort(
    order: Any, seeded: Database, explain: Explain
) -> None:
    async with seeded.connection() as conn:
        category = (await categories.list_categories(conn, order="name_asc", limit=1, offset=3))[0]
    plan = await explain(
        product_lists.list_products,
        is_filtered=True,
        least_stock=0,
        category_id=category.id,
        order=order,
        limit=21,
        offset=0,
    )
    assert_page_comes_from(f"products_by_category_and_{INDEX_OF_ORDER[order]}", plan)


@pytest.mark.parametrize("order", INDEX_OF_ORDER)
async def test_a_page_of_products_after_a_cursor_is_read_from_the_index_of_its_sort(
    order: Any, seeded: Database, explain: Explain
) -> None:
    async with seeded.connection() as conn:
        rows = await product_lists.list_products(
            conn, is_filtered=False, least_stock=0, order=order, limit=1, offset=3000
        )
    cursor = product_lists.list_products_cursor(rows[0], order)
    plan = await explain(
        product_lists.list_products,
        is_filtered=False,
        least_stock=0,
        order=order,
        after=cursor,
        limit=21,
        offset=0,
    )
    assert_page_comes_from(f"products_by_{INDEX_OF_ORDER[order]}", plan)


@pytest.mark.parametrize("order", INDEX_OF_ORDER)
async def test_a_part_of_a_name_is_looked_for_in_the_index_of_the_sort_and_never_in_rows(
    order: Any, explain: Explain
) -> None:
    plan = await explain(
        product_lists.list_products,
        is_filtered=True,
        least_stock=0,
        name="lamp",
        order=order,
        limit=21,
        offset=0,
    )
    assert_page_comes_from(f"products_by_{INDEX_OF_ORDER[order]}", plan)


@pytest.mark.parametrize("order", get_args(product_search.SearchProductsByNameOrder))
async def test_a_search_in_the_order_of_names_counts_and_reads_one_trigram_in_its_index(
    order: Any, explain: Explain
) -> None:
    plan = await explain(
        product_search.search_products_by_name,
        trigram="lam",
        name="lamp",
        order=order,
        end=21,
        limit=21,
        offset=0,
    )
    for rows in ("k", "t"):
        assert plan[rows].key == "product_trigrams_by_trigram_and_name"
        assert "Using index" in plan[rows].extra
        assert "filesort" not in plan[rows].extra
    assert [step for step in plan.values() if step.is_full_scan] == []


async def test_a_search_for_a_rare_trigram_reads_its_products_by_their_ids(explain: Explain) -> None:
    plan = await explain(
        product_matches.list_matching_products,
        trigram="k l",
        name="desk lamp",
        order="newest",
        limit=21,
        offset=0,
    )
    assert plan["t"].key == "product_trigrams_by_trigram_and_name"
    assert "Using index" in plan["t"].extra
    assert plan["q"].key == "PRIMARY"
    assert [step for step in plan.values() if step.is_full_scan] == []


@pytest.mark.parametrize("sort", get_args(product_lists.ListProductsOrder))
@pytest.mark.parametrize("filters", [{}, {"min_stock": 1}])
async def test_a_search_reads_the_products_of_its_trigram_and_no_others(
    sort: Any, filters: dict[str, Any], seeded: Database
) -> None:
    query = ProductQuery(name="desk lamp", sort=sort, **filters)
    async with seeded.connection() as conn:
        before = await rows_touched(conn)
        listing = await pages.read_page(cast("Database", OneConnection(conn)), query=query, after=None)
        assert listing.meta.total > 10
        assert await rows_touched(conn) - before < SIZES.products / 3


@pytest.mark.parametrize(
    ("filters", "column"),
    [
        ({"min_stock": 3, "max_stock": 4}, "stock_quantity"),
        ({"name": "lamp"}, "name"),
    ],
)
async def test_filtered_products_are_counted_in_an_index(
    filters: dict[str, Any], column: str, explain: Explain
) -> None:
    """The server takes one of the two indexes that have the column."""
    plan = await explain(product_lists.count_products, **filters)
    assert plan["q"].key in {f"products_by_{column}", f"products_by_category_and_{column}"}
    assert "Using index" in plan["q"].extra


async def test_products_in_stock_are_counted_by_those_that_are_sold_out(seeded: Database) -> None:
    async with seeded.connection() as conn:
        before = await rows_touched(conn)
        query = ProductQuery(min_stock=1)
        listing = await pages.read_page(cast("Database", OneConnection(conn)), query=query, after=None)
        assert listing.meta.total > SIZES.products * 9 / 10
        assert await rows_touched(conn) - before < SIZES.products / 5


@pytest.mark.parametrize("sort", get_args(product_lists.ListProductsOrder))
async def test_a_range_of_prices_is_counted_by_its_buckets(sort: Any, seeded: Database) -> None:
    """Half of the products are in the range. Read are its buckets, the stripes of the totals, and the page."""
    query = ProductQuery(min_price=Decimal(30), max_price=Decimal(3000), sort=sort)
    async with seeded.connection() as conn:
        before = await rows_touched(conn)
        listing = await pages.read_page(cast("Database", OneConnection(conn)), query=query, after=None)
        assert listing.meta.total > SIZES.products / 2
        assert await rows_touched(conn) - before < SIZES.products / 5


async def test_a_page_of_orders_is_read_from_the_index_of_creation(explain: Explain) -> None:
    assert_page_comes_from(
        "orders_by_created_at",
        await explain(orders.list_orders, order="newest", skipped=40, limit=21, offset=40),
    )


async def test_a_page_of_customers_is_read_from_the_index_of_creation(explain: Explain) -> None:
    assert_page_comes_from(
        "customers_by_created_at",
        await explain(customers.list_customers, order="newest", limit=21, offset=40),
    )


async def test_a_page_of_categories_is_read_from_the_index_of_names(explain: Explain) -> None:
    assert_page_comes_from(
        "categories_by_name", await explain(categories.list_categories, order="name_asc", limit=11, offset=0)
    )


async def test_the_totals_of_a_customer_are_read_from_an_index_alone(
    seeded: Database, explain: Explain
) -> None:
    async with seeded.connection() as conn:
        customer = (await dashboard.list_top_customers(conn, limit=1))[0]
    plan = await explain(orders.get_order_totals, customer_id=customer.id)
    assert plan["orders"].key == "orders_by_customer_and_total"
    assert "Using index" in plan["orders"].extra


async def test_one_order_is_found_by_keys_alone(seeded: Database, explain: Explain) -> None:
    async with seeded.connection() as conn:
        order = (await orders.list_orders(conn, order="newest", skipped=100, limit=1, offset=100))[0]
    plan = await explain(orders.get_order, id=order.id)
    assert {step.key for step in plan.values()} == {"PRIMARY"}


@pytest.mark.parametrize(
    ("query", "table", "index"),
    [
        (dashboard.list_product_report, "q", "products_by_created_at"),
        (dashboard.list_top_customers, "customers", "customers_by_total_spent"),
    ],
)
async def test_the_reports_read_the_head_of_an_index(
    query: Callable[..., Awaitable[object]], table: str, index: str, explain: Explain
) -> None:
    plan = await explain(query, limit=10)
    assert plan[table].key == index
    assert "filesort" not in plan[table].extra


async def test_best_sellers_are_read_from_the_head_of_an_index(explain: Explain) -> None:
    plan = await explain(dashboard.list_top_products, limit=10)
    assert plan["p"].key == "products_by_total_sold"
    assert "filesort" not in plan["p"].extra


async def test_products_low_in_stock_are_read_from_the_head_of_an_index(explain: Explain) -> None:
    plan = await explain(dashboard.list_low_stock, below=200, limit=20)
    assert plan["products"].key == "products_by_stock_quantity"
    assert "filesort" not in plan["products"].extra


async def test_reports_read_rows_of_days_categories_and_what_they_show_alone(seeded: Database) -> None:
    today = datetime.now(UTC).date()
    stripes, categories_read = 65, 3 * SIZES.categories
    async with seeded.connection() as conn:
        database = cast("Database", OneConnection(conn))
        for read, most in (
            (partial(read_sales, database, until=today, days=30), 4 * 30 + stripes),
            (partial(read_category_report, database, limit=1000), 4 * categories_read + stripes),
            (partial(read_low_stock, database, below=10, limit=20), 30),
            (partial(read_top_products, database, limit=10), 10 + stripes),
        ):
            before = await rows_touched(conn)
            assert await read()
            assert await rows_touched(conn) - before <= most, read


async def test_a_page_after_a_cursor_costs_the_same_at_any_depth(seeded: Database) -> None:
    async with seeded.connection() as conn:
        costs: list[int] = []
        for depth in (0, 100, 3000, 5900):
            last = (await orders.list_orders(conn, order="newest", skipped=depth, limit=1, offset=depth))[0]
            before = await rows_touched(conn)
            page = await orders.list_orders(
                conn,
                order="newest",
                after=orders.list_orders_cursor(last, "newest"),
                skipped=0,
                limit=20,
                offset=0,
            )
            costs.append(await rows_touched(conn) - before)
            assert len(page) == 20
    assert max(costs) < 2 * min(costs)
    assert max(costs) < 1000


async def test_a_page_after_many_orders_reads_only_days_and_the_orders_of_one_of_them(
    seeded: Database,
) -> None:
    """Without the days, the 5,900 orders before the page would be read."""
    days, orders_of_a_day, stripes, page = 91, 6000 // 60, 65, 20
    async with seeded.connection() as conn:
        query = PageQuery(page=5900 // page + 1, page_size=page)
        before = await rows_touched(conn)
        listing = await read_orders(cast("Database", OneConnection(conn)), query=query, after=None)
        assert len(listing.data) == page
        # MariaDB reads its temporary tables of the days more often.
        assert await rows_touched(conn) - before < 8 * days + orders_of_a_day + 2 * stripes + 25 * page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (ProductQuery(name="no such name", sort="price_asc"), 0),
        (ProductQuery(name="lamp", sort="price_asc"), 10),
        (ProductQuery(min_stock=2, sort="stock_asc"), 10),
    ],
)
async def test_a_filtered_list_searches_the_index_once(
    query: ProductQuery, found: int, seeded: Database
) -> None:
    """MySQL does not search for a page without rows. MariaDB does: it would count again to know that there are none."""
    async with seeded.connection() as conn:
        searches = 2 if not found and is_mariadb(conn.get_server_info()) else 1
        before = await rows_touched(conn)
        listing = await pages.read_page(cast("Database", OneConnection(conn)), query=query, after=None)
        assert await rows_touched(conn) - before < searches * SIZES.products + 1000
        assert len(listing.data) == found


async def test_a_page_past_the_end_of_a_filtered_list_is_not_searched_for(seeded: Database) -> None:
    filters: dict[str, Any] = {"min_stock": 20, "max_stock": 40}
    async with seeded.connection() as conn:
        before = await rows_touched(conn)
        total = await product_lists.count_products(conn, **filters)
        counted = await rows_touched(conn)
        assert not await product_lists.list_products(
            conn,
            **filters,
            is_filtered=True,
            least_stock=0,
            skipped=total,
            limit=11,
            offset=total,
            order="name_asc",
        )
        assert await rows_touched(conn) - counted < 3 * (counted - before) < SIZES.products
