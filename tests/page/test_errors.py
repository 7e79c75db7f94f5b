"""Errors for people are documents with the status and the headers of the JSON; for programs they stay JSON."""

from contextlib import AsyncExitStack
from typing import Any

import httpx
import msgspec
import pytest

from product_dashboard.access.rate import Rate
from product_dashboard.app import create_app
from product_dashboard.database_url import Server
from product_dashboard.settings import Settings
from tests.access.conftest import Keys, keys
from tests.api_client import Api, running
from tests.page.html import Element, parse
from tests.page.test_serving import basic, guarded
from tests.recipes.conftest import serving
from tests.relay import relay_to

pytestmark = pytest.mark.any_server  # errors have their codes before the page shows them

__all__ = ["guarded", "keys"]  # the fixtures, for the tests of this module too

BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def document(answer: httpx.Response, status: int) -> Element:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-request-id"]
    assert answer.headers["content-length"] == str(len(answer.content))
    return parse(answer.text)


def title(page: Element) -> str:
    (found,) = page.all("h1")
    return found.text


async def test_a_browser_without_a_key_reads_what_to_enter_and_is_asked_for_it(
    guarded: Api, keys: Keys
) -> None:
    refused = await guarded.get("/", headers=BROWSER)
    page = document(refused, 401)
    assert refused.headers["www-authenticate"] == 'Basic realm="product-dashboard", charset="UTF-8"'
    assert title(page) == "An API key is needed"
    assert "as the password" in page.text
    assert page.all("body")[0].attributes["data-failed"] == "final"
    forbidden = document(await guarded.get("/orders", headers={**BROWSER, **basic(keys.scraper)}), 403)
    assert title(forbidden) == "This key may not read"


async def test_a_browser_gets_a_document_for_an_unknown_path_and_a_program_gets_json(client: Api) -> None:
    for path in ("/nothing", "/orders/", "/%6frders"):
        page = document(await client.get(path, headers=BROWSER), 404)
        assert page.links()["Orders"] == "/orders"
    assert (await client.get("/nothing")).headers["content-type"] == "application/json"
    for path in ("/api/v1/nothing", "/page/nothing.css", "/health/nothing"):
        answer = await client.get(path, headers=BROWSER)
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/json")


async def test_a_method_that_the_page_does_not_know_keeps_allow(client: Api) -> None:
    answer = await client.delete("/products", headers=BROWSER)
    document(answer, 405)
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"


async def test_a_refused_rate_is_a_document_also_where_the_page_is_answered_by_a_recipe(
    settings: Settings,
) -> None:
    access = msgspec.structs.replace(settings.access, rate=Rate(1, 3600), burst=8)
    async with (
        serving(msgspec.structs.replace(settings, access=access)) as service,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{service.port}", headers=BROWSER) as browser,
    ):
        answers = [await browser.get("/orders") for _ in range(10)]
        assert [each.status_code for each in answers[:8]] == [200] * 8
        for refused in answers[8:]:
            page = document(refused, 429)
            assert int(refused.headers["retry-after"]) > 0
            assert title(page) == "Too many requests"
            assert page.all("body")[0].attributes["data-failed"] == "again"
        program = await browser.get("/api/v1/orders")
        assert (program.status_code, program.headers["content-type"]) == (429, "application/json")


async def test_without_the_database_the_page_says_so_and_the_figures_of_the_process_remain(
    settings: Settings,
) -> None:
    async with AsyncExitStack() as stack:
        relayed = await stack.enter_async_context(AsyncExitStack())
        database = settings.database
        relay, _ = await relayed.enter_async_context(relay_to(f"mysql://{database.servers[0]}"))
        moved = msgspec.structs.replace(database, servers=(Server("127.0.0.1", relay.port),))
        app = await stack.enter_async_context(
            running(create_app(msgspec.structs.replace(settings, database=moved)))
        )
        api = await stack.enter_async_context(Api(app))
        assert (await api.get("/products")).status_code == 200
        await relayed.aclose()
        answer = await api.get("/products?page_size=77", headers=BROWSER)
        page = document(answer, 503)
        assert title(page) == "Not possible now"
        assert int(answer.headers["retry-after"]) > 0
        assert (await api.get("/products")).headers["x-cache"] == "HIT"
        assert (await api.get("/process")).status_code == 200


async def test_a_fault_is_a_document_with_its_request_id(
    client: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> bytes:
        raise RuntimeError("a fault")

    monkeypatch.setattr("product_dashboard.page.process.ProcessFigures.document", fail)
    answer = await client.get("/process", headers=BROWSER)
    page = document(answer, 500)
    assert answer.headers["x-request-id"] in page.text
    assert "RuntimeError" not in page.text
