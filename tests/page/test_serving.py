"""Serving the page: its files, its access, the figures of the process, and the switch that turns it off."""

import re
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import msgspec
import pytest
from litestar import Litestar

from product_dashboard.access.key_file import read_key_file
from product_dashboard.app import create_app
from product_dashboard.resources import Resources
from product_dashboard.settings import Settings
from tests.access.conftest import Keys, bearer, keys
from tests.api_client import Api, running
from tests.page.conftest import Shop
from tests.page.html import parse

pytestmark = pytest.mark.any_server  # the page shows what the API answers, whose tests run on both

__all__ = ["keys"]  # the fixture, for the tests of this module too


def basic(password: str, user: str = "anyone") -> dict[str, str]:
    return {"authorization": f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"}


async def test_files_are_named_by_their_content_and_kept_for_a_year(client: Api) -> None:
    page = parse((await client.get("/")).text)
    found = {
        each.attributes.get("href") or each.attributes.get("src")
        for each in (*page.all("link"), *page.all("script"))
    }
    assert len(found) == 3
    for path in found:
        assert re.fullmatch(r"/page/(page|icon)-[0-9a-f]{12}\.(css|js|svg)", path or "")
        answer = await client.get(path or "")
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["content-type"].startswith(("text/css", "text/javascript", "image/svg+xml"))
    assert (await client.get("/page/page-000000000000.css")).status_code == 404


def figures(document: str) -> dict[str, str]:
    """The figures of the process, by their names."""
    shown = parse(document).by_id("process")
    return dict(
        zip([each.text for each in shown.all("dt")], [each.text for each in shown.all("dd")], strict=True)
    )


async def test_the_figures_of_the_process_are_never_cached(shop: Shop) -> None:
    await shop.page()
    await shop.page()
    answer = await shop.api.get("/process")
    assert answer.headers["cache-control"] == "no-store"
    shown = figures(answer.text)
    assert shown["Cache"] == "up"
    assert re.fullmatch(r"\d+\.\d %", shown["Hits"])
    assert re.fullmatch(r"[\d.]+ ms|[\d.]+ s", shown["99 % within"])


async def test_connections_in_use_are_a_part_of_those_for_reads_and_transactions_together(
    client: Api, resources: Resources, settings: Settings
) -> None:
    database, size = resources.database, settings.database
    async with AsyncExitStack() as held:
        for _ in range(size.transaction_pool_size):
            await held.enter_async_context(database.transaction())
        for _ in range(size.pool_size - 1):  # a background task of the service may have the last one
            await held.enter_async_context(database.connection())
        shown = figures((await client.get("/process")).text)["Database connections"]
    used, of, every = shown.split()[:3]
    assert (of, int(every)) == ("of", size.pool_size + size.transaction_pool_size)
    assert int(every) - 1 <= int(used) <= int(every)


@pytest.fixture
async def guarded(settings: Settings, keys: Keys) -> AsyncIterator[Api]:
    """A client of an application with keys."""
    access = msgspec.structs.replace(settings.access, keys=read_key_file(keys.path))
    async with running(create_app(msgspec.structs.replace(settings, access=access))) as app, Api(app) as api:
        yield api


async def test_with_keys_a_browser_asks_its_user_for_one_and_sends_it_as_a_password(
    guarded: Api, keys: Keys
) -> None:
    for path in ("/", "/products", "/orders", "/process"):
        refused = await guarded.get(path)
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"] == 'Basic realm="product-dashboard", charset="UTF-8"'
        for headers in (basic(keys.reader), bearer(keys.reader), {"x-api-key": keys.reader}):
            assert (await guarded.get(path, headers=headers)).status_code == 200
        assert (await guarded.get(path, headers=basic("pd_guessed"))).status_code == 401
        assert (await guarded.get(path, headers=basic(keys.scraper))).status_code == 403
    events = "/api/v1/dashboard/events"
    assert (await guarded.head(events, headers=basic(keys.reader))).status_code == 200
    assert (await guarded.head(events)).status_code == 401
    stylesheet = parse((await guarded.get("/", headers=basic(keys.reader))).text).all("link")[1]
    assert (await guarded.get(stylesheet.attributes["href"] or "")).status_code == 200


async def test_a_password_of_a_browser_opens_nothing_else_and_never_writes(guarded: Api, keys: Keys) -> None:
    for method, path in (
        ("GET", "/api/v1/products"),
        ("GET", "/metrics"),
        ("POST", "/api/v1/categories"),
        ("POST", "/"),
        ("DELETE", "/products"),
    ):
        answer = await guarded.request(method, path, headers=basic(keys.writer))
        assert answer.status_code == 401, (method, path)
        assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_header_that_has_no_password_is_no_key(guarded: Api) -> None:
    for header in (
        "Basic",
        "Basic ",
        "Basic !",
        "Basic bm9uZQ==",
        "Basic AAAAAAA",
        "basic  OnBkX2d1ZXNzZWQ=",
        "Digest x",
    ):
        assert (await guarded.get("/", headers={"authorization": header})).status_code == 401, header


async def test_the_page_can_be_turned_off(settings: Settings) -> None:
    async with running(create_app(msgspec.structs.replace(settings, page=False))) as app, Api(app) as api:
        for path in ("/", "/products", "/process"):
            assert (await api.get(path)).status_code == 404
        assert (await api.get("/api/v1/dashboard/overview")).status_code == 200


def test_the_page_is_not_in_the_document(app: Litestar) -> None:
    assert all(path.startswith(("/api/v1/", "/health/")) for path in app.openapi_schema.paths or {})
