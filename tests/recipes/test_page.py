"""The page by recipes: the same answers with all headers, and none of yesterday."""

import time
from collections.abc import AsyncIterator

import pytest

from product_dashboard.observability.metrics import ANSWERED_BY_BYTES, ANSWERED_BY_TARGET
from tests.recipes.conftest import Serve, Service, get, until_direct

pytestmark = pytest.mark.any_server  # a recipe answers with the bytes that the ordinary way has stored

NEVER_THE_SAME = {"date", "age", "x-request-id"}


@pytest.fixture
async def service(serve: Serve) -> AsyncIterator[Service]:
    async with serve(LOG_REQUESTS="false") as service:
        yield service


@pytest.mark.parametrize("target", ["/", "/products?sort=newest", "/orders?page_size=25"])
async def test_a_page_is_answered_directly_with_the_headers_of_the_handler(
    service: Service, target: str
) -> None:
    async with service.connection() as connection:
        await connection.ask(get(target))
        ordinary = await connection.ask(get(target))
        direct = await until_direct(connection, get(target))
        assert ordinary["content-type"] == "text/html; charset=utf-8"
        assert "default-src 'none'" in ordinary["content-security-policy"]
        assert direct.body == ordinary.body
        for one, other in zip(ordinary.headers, direct.headers, strict=True):
            assert one[0] == other[0]
            assert one == other or one[0] in NEVER_THE_SAME


@pytest.mark.parametrize("target", ["/", "/api/v1/dashboard/sales"])
async def test_an_answer_about_today_is_not_given_tomorrow(
    service: Service, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with service.connection() as connection:
        await until_direct(connection, get(target))
        tomorrow = time.time() + 24 * 3600
        monkeypatch.setattr("product_dashboard.recipes.recipe.time.time", lambda: tomorrow)
        direct = ANSWERED_BY_BYTES.count, ANSWERED_BY_TARGET.count
        for request in (get(target), get(target, "x-request-id: another")):
            assert (await connection.ask(request)).status == 200
        assert (ANSWERED_BY_BYTES.count, ANSWERED_BY_TARGET.count) == direct
