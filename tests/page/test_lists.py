"""The lists of products and orders: filters and pages are links, which show the rows of the API."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from product_dashboard.page.lists import TIMES
from tests.api_client import Api, meta
from tests.page.conftest import Shop
from tests.page.html import Element, parse

pytestmark = pytest.mark.any_server  # the page shows what the API answers, whose tests run on both


def products_of(page: Element) -> list[str]:
    return [row[0] for row in page.by_id("list").rows()]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "name=RUG",
        "min_price=5&max_price=80&sort=price_desc",
        "max_stock=0",
        "name=&category_id=&min_price=&max_price=&min_stock=&max_stock=&sort=newest&page_size=25",
    ],
)
async def test_products_are_those_of_the_api_with_the_same_query(shop: Shop, query: str) -> None:
    page = await shop.page(f"/products?{query}")
    rows = page.by_id("list").rows()
    listed = await shop.api.get(f"/api/v1/products?{query}")
    assert [row[1:] for row in rows] == [
        [
            each["category"]["name"],
            f"{each['price']:,.2f}",
            f"{each['stock_quantity']:,}",
            f"{each['total_sold']:,}",
        ]
        for each in listed.json()["data"]
    ]
    names = [row[0].removesuffix("not for sale") for row in rows]
    assert names == [each["name"] for each in listed.json()["data"]]
    total = meta(listed)["total"]
    assert page.by_id("list-heading").text == f"{total} product{'' if total == 1 else 's'}"


async def test_the_form_shows_the_filters_of_the_address(shop: Shop) -> None:
    page = await shop.page(
        f"/products?name=Desk&category_id={shop.lamps['id']}&min_price=1.50&sort=stock_desc&page_size=7"
    )
    (form,) = page.all("form")
    assert (form.attributes["method"], form.attributes["action"]) == ("get", "/products")
    fields = {each.attributes["name"]: each.attributes["value"] for each in form.all("input")}
    assert fields["name"] == "Desk"
    assert fields["min_price"] == "1.50"
    chosen = {
        select.attributes["name"]: [
            option.attributes["value"] for option in select.all("option") if "selected" in option.attributes
        ]
        for select in form.all("select")
    }
    assert chosen == {"category_id": [shop.lamps["id"]], "sort": ["stock_desc"], "page_size": ["7"]}


async def test_every_field_of_a_form_has_a_label(shop: Shop) -> None:
    for path in ("/products", "/orders"):
        for form in (await shop.page(path)).all("form"):
            labelled = [field for label in form.all("label") for field in label if "name" in field.attributes]
            assert labelled == [field for field in form if "name" in field.attributes]


async def test_links_lead_through_all_pages_and_keep_the_filters(client: Api, shop: Shop) -> None:
    for place in range(4):
        await client.product(shop.lamps["id"], name=f"Lamp & {place}")
    path = "/products?name=lamp&page_size=2&sort=name_desc"
    seen: list[str] = []
    for number in (1, 2, 3):
        page = await shop.page(path)
        seen += products_of(page)
        links = page.by_id("list").all("nav")[0].links()
        assert ("Previous" in links, "Next" in links) == (number > 1, number < 3)
        path = links.get("Next") or links["First"]
        assert dict(parse_qsl(urlsplit(path).query)).items() >= {
            "name": "lamp", "page_size": "2", "sort": "name_desc",
        }.items()  # fmt: skip
    assert seen == ["Lamp & 3", "Lamp & 2", "Lamp & 1", "Lamp & 0", "Desk lamp"]
    assert "page" not in dict(parse_qsl(urlsplit(path).query))


async def test_a_page_past_the_end_says_so_and_leads_back(shop: Shop) -> None:
    page = await shop.page("/products?page=9&page_size=2")
    assert "There is nothing on this page." in page.text
    assert page.by_id("list").all("nav")[0].links()["Previous"] == "/products?page_size=2&page=2"
    assert "No product matches." in (await shop.page("/products?name=nothing+like+it")).text


async def test_orders_are_shown_with_their_items(shop: Shop) -> None:
    order = await shop.order((shop.lamp, 2), (shop.rug, 1))
    rows = (await shop.page("/orders?page_size=2")).by_id("list").rows()
    assert len(rows) == 2
    items = f"2 {TIMES} Desk lamp at 1,249.501 {TIMES} Rug <b>&</b> at 80.00"
    assert rows[0][1:] == ["Ada", items, "3", f"{order['total_price']:,.2f}"]


async def test_a_change_is_shown_by_the_next_request(shop: Shop) -> None:
    await shop.page("/products")
    await shop.page("/orders")
    renamed = await shop.api.patch(f"/api/v1/products/{shop.lamp['id']}", json={"name": "Floor lamp"})
    assert renamed.status_code == 200
    assert "Floor lamp" in products_of(await shop.page("/products"))
    assert "Floor lamp" in (await shop.page("/orders")).text


async def test_a_bad_filter_is_shown_beside_its_field_and_the_others_are_kept(shop: Shop) -> None:
    answer = await shop.api.get(
        f"/products?name=rug&min_price=cheap&min_stock=5&max_stock=2&page_size=500&category_id={shop.rug['category']['id']}"
    )
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    page = parse(answer.text)
    refused = (await shop.api.get(f"/api/v1{answer.request.url.raw_path.decode()}")).json()["error"][
        "details"
    ]
    assert {each["field"] for each in refused} == {"min_price", "page_size"}
    for each in refused:
        (field,) = [field for field in page if field.attributes.get("name") == each["field"]]
        assert field.attributes["aria-invalid"] == "true"
        problem = page.by_id(field.attributes["aria-describedby"] or "").text
        assert problem.lower().startswith(each["message"].lower())
    shown = {each.attributes["name"]: each.attributes["value"] for each in page.all("input")}
    assert shown["name"] == "rug"
    assert (shown["min_price"], shown["min_stock"], shown["max_stock"]) == ("cheap", "5", "2")
    selected = [each.text for each in page.all("option") if "selected" in each.attributes]
    assert "Rugs & more" in selected
    assert page.by_id("refusal").links() == {"Open the page without filters": "/products"}


async def test_bounds_that_exclude_each_other_are_shown_beside_the_first(shop: Shop) -> None:
    answer = await shop.api.get("/products?min_stock=5&max_stock=2")
    assert answer.status_code == 400
    assert parse(answer.text).by_id("min_stock-problem").text.startswith("Must not be above max_stock (2)")


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("/products?page=0", {"page"}),
        ("/orders?page=0&page_size=x", {"page"}),
        ("/orders?cursor=made-up", {"cursor"}),
        ("/products?page=2&page=3&unknown=1", {"page"}),
        ("/products?name=%FF", {"query"}),
        ("/products?name=%FF&page_size=x", {"query"}),
        ("/orders?page_size=x" + "&more=1" * 100, {"query"}),
    ],
)
async def test_a_problem_without_a_field_is_named_by_its_parameter(
    shop: Shop, path: str, named: set[str]
) -> None:
    answer = await shop.api.get(path)
    assert answer.status_code == 400
    assert {each.text for each in parse(answer.text).by_id("refusal").all("code")} == named
