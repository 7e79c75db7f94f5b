"""The page in a real browser: its figures, its updates, the keyboard, its looks.

Pictures are compared with those in `pictures/`, which `--update-goldens` replaces. Dates and times are set to one text
before, because they change every day, and the figures of the process are left out. Pictures come first: they show what
`shop` has made, and later tests place orders.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.async_api import Browser, Route

from product_dashboard.access.key_file import read_key_file
from product_dashboard.settings import Settings, load_settings
from tests.access.conftest import Keys, keys
from tests.api_client import Api, data
from tests.page.browser import Scheme, Tab, launched, serious_findings, share_of_other_pixels, tab
from tests.page.conftest import Shop, fill
from tests.recipes.conftest import Service, serving
from tests.relay import relay_to

__all__ = ["keys"]  # the fixture, for the tests of this module too

pytestmark = pytest.mark.any_server

PICTURES = Path(__file__).parent / "pictures"
TOLERANCE = 0.01
"""The share of pixels that may be others than in a picture: another version of the browser smooths edges otherwise."""
PATHS = ("/", "/products", "/orders", "/process")
FIXED = """() => {
  for (const each of document.querySelectorAll("time")) each.textContent = "1 Jan, 12:00";
  for (const each of document.querySelectorAll(".labels span")) each.textContent = "1 Jan";
  document.getElementById("process").remove();
}"""
FONT = """() => {
  const probe = document.createElement("canvas").getContext("2d");
  probe.font = "16px system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif";
  return probe.measureText("Revenue by category 1,234,567.89").width;
}"""


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
async def service(create_database: Callable[[], str], settings: Settings) -> AsyncIterator[Service]:
    """The service on a port, with a shop of its own."""
    database = load_settings({"DATABASE_URL": create_database(), "REDIS_URL": "redis://unused"}).database
    own = msgspec.structs.replace(
        settings,
        database=msgspec.structs.replace(
            settings.database,
            servers=database.servers,
            user=database.user,
            password=database.password,
            database=database.database,
        ),
    )
    async with serving(own) as service:
        yield service
        service.app.state["listeners"].end()


@pytest.fixture(scope="module")
async def shop(service: Service) -> AsyncIterator[Shop]:
    async with Api(service.app) as api:
        shop = await fill(api)
        await add_earlier_sales(service)
        await shop.order((shop.rug, 1))  # so that the cache has nothing from before
        yield shop


async def add_earlier_sales(service: Service) -> None:
    """Give the 59 days before today sales, which no order explains: only the chart shows them."""
    today = datetime.now(UTC).date()
    async with service.resources.database.transaction() as conn, conn.cursor() as cursor:
        for ago in range(1, 60):
            revenue = 2000 + 1500 * (ago * 7 % 11) / 10 + (800 if ago % 7 < 2 else 0)
            await cursor.execute(
                "INSERT INTO daily_sales (day, stripe, orders, quantity, revenue) VALUES (%s, 0, %s, %s, %s)",
                (today - timedelta(days=ago), 3 + ago % 5, 9 + ago % 4, revenue),
            )


def address(service: Service) -> str:
    return f"http://127.0.0.1:{service.port}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
async def test_it_looks_as_in_its_picture(
    browser: Browser,
    service: Service,
    shop: Shop,
    scheme: Scheme,
    width: int,
    request: pytest.FixtureRequest,
    tmp_path: Path,
) -> None:
    async with tab(browser, address(service), width, color_scheme=scheme, reduced_motion="reduce") as opened:
        await opened.open()
        await opened.is_live()
        font = await opened.page.evaluate(FONT)
        await opened.page.evaluate(FIXED)
        actual = await shot(opened)
    picture, fonts = PICTURES / f"{scheme}-{width}.png", PICTURES / "font-width.txt"
    if request.config.getoption("--update-goldens"):
        picture.write_bytes(actual)
        fonts.write_text(f"{font}\n")
    if fonts.read_text() != f"{font}\n":
        pytest.skip("the fonts of this machine are not those of the pictures")
    other = await share_of_other_pixels(browser, actual, picture.read_bytes())
    if other > TOLERANCE:
        found = tmp_path / picture.name
        found.write_bytes(actual)
        pytest.fail(f"{other:.2%} of the pixels differ: compare {found} with {picture}")


async def test_an_order_appears_without_a_reload_in_its_place_on_every_list(
    browser: Browser, service: Service, shop: Shop
) -> None:
    async with (
        tab(browser, address(service)) as overview,
        tab(browser, address(service)) as orders,
    ):
        for each, path in ((overview, "/"), (orders, "/orders")):
            await each.open(path)
            await each.is_live()
        await overview.page.click("summary")
        await overview.page.focus("summary")
        order = await shop.order((shop.lamp, 7))
        total = f"{order['total_price']:,.2f}"
        await overview.until(
            f'document.querySelector("#newest-orders tbody tr").textContent.endsWith("{total}")'
        )
        await orders.until(f'document.querySelector("#list tbody tr").textContent.endsWith("{total}")')
        sales = data(await shop.api.get("/api/v1/dashboard/sales?days=60"))
        revenue = sum(each["revenue"] for each in sales[-30:])
        assert await overview.text("#totals .figure") == f"{revenue:,.2f}"
        assert (await overview.rows("sales"))[0][3] == f"{sales[-1]['revenue']:,.2f}"
        customers = data(await shop.api.get("/api/v1/dashboard/top-customers"))
        assert await overview.rows("top-customers") == [
            [each["name"], f"{each['total_orders']:,}", f"{each['total_spent']:,.2f}"] for each in customers
        ]
        assert await overview.page.evaluate('document.querySelector("#sales details").open')
        assert await overview.page.evaluate('document.activeElement.matches("#sales summary")')
        await overview.until('document.querySelector("#process dd").textContent === "up"')


async def test_without_redis_the_page_says_so_and_continues(
    browser: Browser, settings: Settings, create_database: Callable[[], str]
) -> None:
    async with AsyncExitStack() as stack:
        relay, redis_url = await stack.enter_async_context(relay_to(settings.redis.url.reveal()))
        own = load_settings(
            {
                "DATABASE_URL": create_database(),
                "REDIS_URL": redis_url,
                "DB_POOL_SIZE": "3",
                "LOG_REQUESTS": "false",
            }
        )
        service = await stack.enter_async_context(serving(own))
        stack.callback(service.app.state["listeners"].end)
        api = await stack.enter_async_context(Api(service.app))
        shop = await fill(api)
        opened = await stack.enter_async_context(tab(browser, address(service)))
        await opened.open()
        await opened.is_live()
        relay.freeze()
        await opened.until(
            'document.getElementById("status").textContent'
            ' === "Not live, the cache is not in use: asking every 5 s"'
        )
        order = await shop.order((shop.lamp, 9))
        total = f"{order['total_price']:,.2f}"
        await opened.until(
            f'document.querySelector("#newest-orders tbody tr").textContent.endsWith("{total}")'
        )
        await opened.until('document.querySelector("#process dd").textContent.startsWith("down")')
        relay.thaw()
        await opened.is_live()


async def test_the_page_says_that_the_service_is_gone_and_comes_back_by_itself(
    browser: Browser, service: Service, shop: Shop
) -> None:
    async with tab(browser, address(service)) as opened:
        await opened.open()
        await opened.is_live()
        await opened.page.context.set_offline(True)
        await opened.until('document.getElementById("status").dataset.state === "lost"')
        assert await opened.rows("top-customers")
        await opened.page.context.set_offline(False)
        await opened.is_live()
        opened.problems = [each for each in opened.problems if "ERR_INTERNET_DISCONNECTED" not in each]


async def test_a_page_whose_update_failed_is_not_called_live_and_asks_again(
    browser: Browser, service: Service, shop: Shop
) -> None:
    """Its figures of the process are answered as ever, and no other event comes."""
    async with tab(browser, address(service)) as opened:
        await opened.open()
        await opened.is_live()
        failed = asyncio.Event()

        async def fail(route: Route) -> None:
            await route.fulfill(status=503)
            failed.set()

        async def answer_last(route: Route) -> None:
            await failed.wait()
            await route.continue_()

        await opened.page.route(f"{opened.base}/", fail)
        await opened.page.route(f"{opened.base}/process", answer_last)
        async with opened.page.expect_response(f"{opened.base}/process"):
            total = f"{(await shop.order((shop.lamp, 5)))['total_price']:,.2f}"
        await opened.until('document.getElementById("status").dataset.state === "lost"')
        await opened.page.unroute(f"{opened.base}/")
        await opened.until(
            f'document.querySelector("#newest-orders tbody tr").textContent.endsWith("{total}")'
        )
        await opened.is_live()
        opened.problems = [each for each in opened.problems if "503" not in each]


async def test_a_page_that_was_opened_with_its_key_in_the_address_is_live(
    browser: Browser, settings: Settings, keys: Keys
) -> None:
    access = msgspec.structs.replace(settings.access, keys=read_key_file(keys.path))
    async with AsyncExitStack() as stack:
        guarded = await stack.enter_async_context(serving(msgspec.structs.replace(settings, access=access)))
        stack.callback(guarded.app.state["listeners"].end)
        opened = await stack.enter_async_context(tab(browser, address(guarded)))
        await opened.page.goto(opened.base.replace("//", f"//anyone:{keys.reader}@"))
        await opened.is_live()
        await opened.until('document.querySelector("#process dd") !== null')
        # Its own address, and those of its files, have the key, so that they do not begin as `base` does.
        opened.problems = [each for each in opened.problems if "//anyone:" not in each]


async def test_it_works_without_the_script(browser: Browser, service: Service, shop: Shop) -> None:
    async with tab(browser, address(service), java_script_enabled=False) as opened:
        await opened.open()
        assert await opened.text("#status") == "Reload to update"
        await opened.page.click("nav >> text=Products")
        await opened.page.fill("[name=name]", "rug")
        await opened.page.click("button")
        await opened.page.wait_for_url("**/products?name=rug&*")
        assert await opened.text("#list-heading") == "2 products"


async def test_the_keyboard_reaches_everything_and_the_focus_is_seen(
    browser: Browser, service: Service, shop: Shop
) -> None:
    async with tab(browser, address(service)) as opened:
        await opened.open("/products")
        seen: list[str] = []
        for _ in range(18):
            await opened.page.keyboard.press("Tab")
            focused: list[str] = await opened.page.evaluate(
                "[document.activeElement.name || document.activeElement.textContent,"
                " getComputedStyle(document.activeElement).outlineStyle]"
            )
            assert focused[1] != "none", focused
            seen.append(focused[0])
        assert seen[:7] == [
            "Skip to the content", "Product dashboard", "Overview", "Products", "Orders", "Process", "name",
        ]  # fmt: skip
        assert {"category_id", "min_price", "max_stock", "sort", "page_size", "Show", "Clear"} <= set(seen)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_text_has_enough_contrast_and_nothing_is_wider_than_a_phone(
    browser: Browser, service: Service, shop: Shop, scheme: Scheme
) -> None:
    async with tab(browser, address(service), 320, color_scheme=scheme) as opened:
        for path in PATHS:
            await opened.open(path)
            await opened.is_live()
            assert await opened.low_contrasts() == []
            assert await opened.page.evaluate("document.documentElement.scrollWidth") == 320, path


async def test_axe_finds_nothing_serious(browser: Browser, service: Service, shop: Shop) -> None:
    async with tab(browser, address(service), color_scheme="dark") as opened:
        for path in ("/", "/products"):
            await opened.open(path)
            await opened.is_live()
            assert await serious_findings(opened.page) == [], path


async def shot(opened: Tab) -> bytes:
    return await opened.page.screenshot(full_page=True, animations="disabled", caret="hide")


def test_the_pictures_differ_from_each_other() -> None:
    pictures: list[Any] = [each.read_bytes() for each in PICTURES.glob("*-*.png")]
    assert len(set(pictures)) == len(pictures) == 4
