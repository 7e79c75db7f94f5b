"""A service with recipes answers each request as a service without them does, in status, headers and body.

Each request is sent to both services on the same stores. The service with recipes gets it several times: the first
times it learns, then it answers by the target of the request, or by its bytes.
"""

import asyncio
import re
import time
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from product_dashboard.observability.metrics import ANSWERED_BY_BYTES, ANSWERED_BY_TARGET
from tests.recipes.conftest import Answer, Connection, Service, Shop
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.any_server  # a recipe answers with the bytes that the ordinary way has stored

TIMES = 4
FIXED = hypothesis_settings(
    max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
NEVER_THE_SAME = {"date", "age", "x-request-id", "server-timing"}


@dataclass(frozen=True)
class Request:
    """`filled` replaces names such as `{product}` in the target by ids. `{etag}` in a header is the current ETag."""

    method: str
    target: str
    version: str
    headers: tuple[str, ...]
    body: bytes = b""

    def data(self, shop: Shop, etag: str) -> bytes:
        lines = [f"{self.method} {filled(self.target, shop)} HTTP/{self.version}", *self.headers]
        if self.body:
            lines.append(f"content-length: {len(self.body)}")
        text = "".join(f"{line}\r\n" for line in [*lines, ""])
        return text.replace("{etag}", etag).encode("latin-1") + self.body


def filled(target: str, shop: Shop) -> str:
    ids = {"product": shop.products[0], "other": shop.products[1], "category": shop.category}
    for name, value in (ids | {"customer": shop.customer, "order": shop.order}).items():
        target = target.replace(f"{{{name}}}", value)
    return target


PATHS = st.sampled_from(
    [
        "/dashboard/overview",
        "/dashboard/products",
        "/dashboard/top-customers",
        "/dashboard/sales",
        "/dashboard/categories",
        "/dashboard/low-stock",
        "/dashboard/top-products",
        "/products",
        "/products/{product}",
        "/products/{other}",
        "/products/{product}/stock",
        "/categories",
        "/categories/{category}",
        "/customers",
        "/customers/{customer}",
        "/orders",
        "/orders/{order}",
        "/orders/{product}",
        "/products/no-id",
        "/nothing",
    ]
)
SPELLINGS = st.sampled_from(
    ["{}"] * 12 + ["{}/", "/{}", "{}%2F", "{}%2f..", "{}/.", "{};a", "%2F{}", "{}%20", "//{}"]
)
NAMES = st.sampled_from(
    ["page", "page_size", "limit", "days", "below", "sort", "name", "min_price", "cursor", "unknown"]
)
VALUES = st.sampled_from(["1", "2", "02", "", "newest", "Lamp", "Lamp 1", "a&b", "é", "0", "%", "+", "-1"])


@st.composite
def queries(draw: st.DrawFn) -> str:
    """Each character of a query may be percent-encoded, in capitals or not; a name may come twice."""

    def spelt(text: str) -> str:
        quoted = "".join(f"%{byte:02X}" for byte in text.encode()) if draw(st.booleans()) else quote(text)
        return quoted.lower() if draw(st.booleans()) else quoted

    pairs = draw(st.lists(st.tuples(NAMES, VALUES), max_size=3))
    text = "&".join(f"{spelt(name)}={spelt(value)}" for name, value in pairs)
    return draw(st.sampled_from(["", "?", "?&"])) if not pairs else f"?{text}"


CONDITIONS = ["{etag}", "W/{etag}", '"x", {etag}', "*", '"x"', "nonsense", "", "{etag},", '"é"', " * "]
HEADERS = st.one_of(
    st.sampled_from(CONDITIONS).map("If-None-Match: {}".format),
    st.sampled_from(["r-1", "bad id", "x" * 65, ""]).map("X-Request-Id: {}".format),
    st.sampled_from(
        [
            "Accept: text/html",
            "accept: application/json",
            "ACCEPT-ENCODING: gzip",
            "Connection: keep-alive",
            "connection: Keep-Alive",
            "Connection: close",
            "Cookie: a=b",
            "Range: bytes=0-1",
            "If-Modified-Since: Sat, 28 Nov 2026 00:00:00 GMT",
            'If-Match: "x"',
            "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "Origin: https://elsewhere.example",
            "Sec-Fetch-Site: cross-site",
            "Content-Type: text/plain",
            "Content-Length: 0",
            "X-Forwarded-For: 192.0.2.7",
            "Authorization: Bearer nobody",
            "Expect: 100-continue",
            "X-Odd:   blanks around  ",
        ]
    ),
)


@st.composite
def requests(draw: st.DrawFn) -> Request:
    path = draw(SPELLINGS).format("/api/v1" + draw(PATHS))
    method = draw(st.sampled_from(["GET"] * 12 + ["HEAD", "HEAD", "OPTIONS", "POST", "PUT", "get"]))
    version = draw(st.sampled_from(["1.1"] * 9 + ["1.0"]))
    host = draw(st.sampled_from(["Host: test"] * 5 + ["host: other:80", "Host:"]))
    headers = draw(st.lists(HEADERS, max_size=3))
    body = draw(st.sampled_from([b""] * 9 + [b"{}", b"\r\n\r\n"]))
    return Request(method, path + draw(queries()), version, (host, *headers), body)


class Client:
    """Sends requests to one service, on a connection that it opens again when the service has closed it."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._stack = AsyncExitStack()
        self._connection: Connection | None = None

    async def ask(self, data: bytes) -> Answer:
        connection = self._connection
        if connection is None:
            connection = await self._stack.enter_async_context(self._service.connection())
            self._connection = connection
        answer = await connection.ask(data)
        if answer.status_line == "HTTP/1.1 100 Continue":
            answer = await connection.answer(to_head=data.startswith(b"HEAD"))
        if ("connection", "close") in answer.headers:
            async with asyncio.timeout(PATIENCE_S):
                await connection.reader.read()  # until the service closes; a refused HEAD has a body
            await self.close()
        return answer

    async def close(self) -> None:
        self._connection = None
        await self._stack.aclose()


def comparable(answer: Answer, request: Request) -> Any:
    """The answer without what is another one each time; the number of digits of a time is one of these."""
    body = re.sub(rb'"total_time_ms":\d+', b'"total_time_ms":0', answer.body)
    left_out = set(NEVER_THE_SAME)
    if "/dashboard/overview" in request.target:
        left_out.add("content-length")
    given_ids = [line for line in request.headers if line.startswith("X-Request-Id")]
    if given_ids[:1] == ["X-Request-Id: r-1"]:
        left_out.remove("x-request-id")
    headers = [(name, "" if name in left_out else value) for name, value in answer.headers]
    return answer.status_line, headers, body


async def truth_of(client: Client, data: bytes) -> Answer:
    """The answer without recipes; of the cache, if a second one is."""
    await client.ask(data)
    return await client.ask(data)


async def test_with_recipes_and_without_the_answers_are_the_same(shop: Shop) -> None:
    plain, fast = Client(shop.ordinary), Client(shop.fast)
    found: Counter[str] = Counter()

    async def compare(request: Request) -> None:
        first = await truth_of(plain, request.data(shop, '"none"'))
        data = request.data(shop, dict(first.headers).get("etag", '"none"'))
        began = time.monotonic()
        truth = await truth_of(plain, data)
        for _ in range(TIMES):
            by_bytes, by_target = ANSWERED_BY_BYTES.count, ANSWERED_BY_TARGET.count
            answer = await fast.ask(data)
            if dict(answer.headers).get("x-cache") != dict(truth.headers).get("x-cache"):
                truth = await truth_of(plain, data)  # a page has expired meanwhile
            assert comparable(answer, request) == comparable(truth, request)
            if "age" in dict(truth.headers):
                later = int(answer["age"]) - int(truth["age"])
                assert 0 <= later <= time.monotonic() - began + 1
            found["by bytes"] += ANSWERED_BY_BYTES.count - by_bytes
            found["by target"] += ANSWERED_BY_TARGET.count - by_target
            found[str(answer.status)] += 1

    await each_of(compare)
    await plain.close()
    await fast.close()
    assert min(found["by bytes"], found["by target"]) > TIMES, found
    assert {"200", "304", "400", "404"} <= set(found)


async def each_of(compare: Any) -> None:
    """Call `compare` with examples of Hypothesis."""
    examples: list[Request] = []

    # Few of the random requests are answered 304.
    @example(Request("GET", "/api/v1/products", "1.1", ("Host: test", "If-None-Match: {etag}")))
    @FIXED
    @given(requests())
    def gather(request: Request) -> None:
        examples.append(request)

    await asyncio.to_thread(gather)  # the services run in this loop
    for request in examples:
        await compare(request)


@pytest.mark.parametrize("header", ["", "X-Request-Id: r-1", "If-None-Match: {etag}"])
async def test_each_route_of_cached_answers_has_recipes(shop: Shop, header: str) -> None:
    for path in ("/dashboard/overview", "/products?page_size=2", "/orders/{order}", "/customers/{customer}"):
        plain, fast = Client(shop.ordinary), Client(shop.fast)
        request = Request("GET", f"/api/v1{path}", "1.1", ("Host: test", *([header] if header else [])))
        etag = (await truth_of(plain, request.data(shop, '"none"')))["etag"]
        data = request.data(shop, etag)
        truth = await truth_of(plain, data)
        for _ in range(TIMES):
            assert comparable(await fast.ask(data), request) == comparable(truth, request)
        before = ANSWERED_BY_BYTES.count, ANSWERED_BY_TARGET.count
        assert comparable(await fast.ask(data), request) == comparable(truth, request)
        after = ANSWERED_BY_BYTES.count, ANSWERED_BY_TARGET.count
        assert (after[0] - before[0], after[1] - before[1]) == ((0, 1) if header else (1, 0))
        await plain.close()
        await fast.close()
