"""The overview shows the figures of the API, from the cache, and never those from before a commit."""

import re
from decimal import Decimal
from typing import Any

import pytest

from tests.api_client import Api
from tests.page.conftest import Shop

pytestmark = pytest.mark.any_server  # the page shows what the API answers, whose tests run on both


def number(value: Any) -> str:
    return f"{value:,}"


def money(value: Any) -> str:
    return f"{Decimal(value):,.2f}"


async def test_the_tables_show_what_the_api_answers(shop: Shop) -> None:
    page = await shop.page()
    customers = await shop.get("/dashboard/top-customers")
    assert page.by_id("top-customers").rows() == [
        [each["name"], number(each["total_orders"]), money(each["total_spent"])] for each in customers
    ]
    products = await shop.get("/dashboard/top-products")
    assert page.by_id("top-products").rows() == [
        [each["name"], number(each["total_sold"]), money(each["revenue"])] for each in products
    ]
    assert [each["name"] for each in products] == ["Desk lamp", "Rug <b>&</b>"]
    low = await shop.get("/dashboard/low-stock?below=10")
    shown = [[each["name"], number(each["stock_quantity"]), number(each["total_sold"])] for each in low]
    assert page.by_id("low-stock").rows() == shown
    report = await shop.get("/dashboard/products")
    assert page.by_id("newest-products").rows() == [
        [each["name"], money(each["price"]), number(each["stock_quantity"])]
        for each in report["recent_products"]
    ]


async def test_the_shares_of_the_categories_are_those_of_their_revenue(shop: Shop) -> None:
    categories = await shop.get("/dashboard/categories")
    total = sum(each["revenue"] for each in categories)
    assert (await shop.page()).by_id("categories").rows() == [
        [each["name"], f"{each['revenue'] * 100 / total:.1f} %", money(each["revenue"])]
        for each in categories
    ]


async def test_more_categories_than_there_are_rows_become_one_row(shop: Shop) -> None:
    for place in range(9):
        await shop.api.category(f"Empty {place}")
    rows = (await shop.page()).by_id("categories").rows()
    assert len(rows) == 9
    assert rows[-1] == ["3 others", "0.0 %", "0.00"]


async def test_the_sales_of_each_day_are_drawn_told_and_listed(shop: Shop) -> None:
    sales = await shop.get("/dashboard/sales?days=30")
    section = (await shop.page()).by_id("sales")
    rows = section.rows()
    assert [row[1:] for row in rows] == [
        [number(each["orders"]), number(each["quantity"]), money(each["revenue"])] for each in reversed(sales)
    ]
    assert [each.attributes["datetime"] for each in section.all("time")] == [
        each["day"] for each in reversed(sales)
    ]
    (drawing,) = section.all("svg")
    assert len([each for each in drawing if "bar" in (each.attributes.get("class") or "").split()]) == 30
    titled, about = drawing.by_id("sales-title"), drawing.by_id("sales-about")
    assert drawing.attributes["aria-labelledby"] == "sales-title sales-about"
    assert titled.children == ["Revenue, last 30 days"]
    assert money(sales[-1]["revenue"]) in str(about.children[0])


async def test_the_totals_are_the_sums_of_the_last_30_days_and_of_the_products(shop: Shop) -> None:
    sales = await shop.get("/dashboard/sales?days=30")
    report = await shop.get("/dashboard/products")
    revenue, orders = sum(each["revenue"] for each in sales), sum(each["orders"] for each in sales)
    totals = (await shop.page()).by_id("totals")
    figures = [each.text for each in totals if each.attributes.get("class") == "figure"]
    assert figures == [
        money(revenue),
        number(orders),
        money(revenue / orders),
        number(report["total_products"]),
        number(report["total_stock"]),
    ]


async def test_a_shop_without_anything_has_a_page(client: Api) -> None:
    answer = await client.get("/")
    assert answer.status_code == 200
    assert "Nothing yet." in answer.text
    assert "There are no orders yet." in answer.text


async def test_an_order_is_shown_by_the_next_request(shop: Shop) -> None:
    before = await shop.page()
    order = await shop.order((shop.lamp, 4), (shop.rug, 5))
    after = await shop.page()
    assert after.by_id("newest-orders").rows()[0][1:] == ["Ada", "9", money(order["total_price"])]
    for part in ("totals", "sales", "categories", "top-products", "top-customers", "low-stock"):
        assert after.by_id(part).text != before.by_id(part).text, part


async def test_it_is_answered_from_the_cache_like_any_report(shop: Shop) -> None:
    await shop.page()
    hit = await shop.api.get("/")
    assert hit.headers["x-cache"] == "HIT"
    assert hit.headers["content-type"] == "text/html; charset=utf-8"
    assert hit.headers["cache-control"] == "no-cache"
    same = await shop.api.get("/", headers={"if-none-match": hit.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")
    head = await shop.api.head("/")
    assert head.headers["etag"] == hit.headers["etag"]


async def test_names_are_text_and_not_html(shop: Shop) -> None:
    answer = await shop.api.get("/")
    assert "Rug &lt;b&gt;&amp;&lt;/b&gt;" in answer.text
    assert "<b>" not in answer.text


@pytest.mark.parametrize("path", ["/", "/products", "/orders", "/process", "/products?page=0"])
async def test_nothing_is_inline_and_nothing_is_foreign(shop: Shop, path: str) -> None:
    answer = await shop.api.get(path)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    page = (await shop.page()) if answer.status_code == 200 else None
    for element in page or ():
        assert "style" not in element.attributes
        assert not [name for name in element.attributes if name.startswith("on")]
        assert element.name not in {"style", "iframe", "object", "embed"}
        assert element.name != "script" or (element.attributes["src"] and not element.text)
        for name in ("href", "src", "action"):
            assert re.match(r"/(?!/)|#", element.attributes.get(name) or "#"), element.attributes
