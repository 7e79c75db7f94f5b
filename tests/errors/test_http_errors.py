"""Errors that every route shares: faults of the request, and faults of the service."""

import asyncio
import json
from collections.abc import AsyncGenerator
from typing import Any
from uuid import uuid4

import httpx
import pytest
import structlog
from litestar import Litestar

from product_dashboard.database import Database
from product_dashboard.errors import DatabaseUnavailable
from tests.api_client import Api, bad_fields, data, error

JSON = {"content-type": "application/json"}
UNKNOWN = "019aab28-7c20-7a01-8d3e-4b5c6d7e8f90"


@pytest.mark.any_server
@pytest.mark.parametrize(
    "path", ["/favicon.ico", "/api", "/api/v1", "/api/v1/nothing", "/api/v2/products", "/..%2f..%2fetc"]
)
async def test_an_unknown_path_is_404_in_the_envelope(client: Api, path: str) -> None:
    response = await client.get(path)
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/json"
    assert error(response) == {
        "code": "NOT_FOUND",
        "message": "There is nothing at this path.",
        "details": [],
    }


@pytest.mark.any_server
@pytest.mark.parametrize(
    "path",
    [
        "//metrics",
        "/%6detrics",
        "/metrics%2f",
        "/metrics/",
        "/%2fmetrics",
        "/api//v1/products",
        "/api/v1/product%73",
    ],
)
async def test_a_path_has_one_spelling(client: Api, path: str) -> None:
    """A proxy that guards a path by its name sees another name; the router must not take it for the same."""
    response = await client.get(httpx.URL(f"http://test{path}"))
    assert (response.request.url.raw_path.decode(), response.status_code) == (path, 404)
    assert error(response)["code"] == "NOT_FOUND"


@pytest.mark.any_server
@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("PATCH", "/api/v1/products", "GET, HEAD, OPTIONS, POST"),
        ("POST", f"/api/v1/products/{UNKNOWN}", "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"),
        ("DELETE", "/api/v1/dashboard/products", "GET, HEAD, OPTIONS"),
        ("PUT", f"/api/v1/orders/{UNKNOWN}", "DELETE, GET, HEAD, OPTIONS"),
    ],
)
async def test_a_method_that_a_path_does_not_know_is_405_with_allow(
    client: Api, method: str, path: str, allow: str
) -> None:
    response = await client.request(method, path)
    assert response.status_code == 405
    assert response.headers["allow"] == allow
    assert error(response)["code"] == "METHOD_NOT_ALLOWED"


@pytest.mark.any_server
async def test_options_tells_what_a_path_knows(client: Api) -> None:
    for path, allow in (
        ("/api/v1/products", "GET, HEAD, OPTIONS, POST"),
        (f"/api/v1/orders/{UNKNOWN}", "DELETE, GET, HEAD, OPTIONS"),
    ):
        response = await client.options(path)
        assert (response.status_code, response.headers["allow"]) == (204, allow)
        assert "accept-patch" not in response.headers
    assert (await client.options("/nothing")).status_code == 404


@pytest.mark.parametrize("path", ["/api/v1/products", "/swagger/index.html", "/health/live", "/openapi.json"])
async def test_head_is_get_without_a_body(client: Api, path: str) -> None:
    get, head = await client.get(path), await client.head(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(get.content))
    assert (await client.head("/nothing")).status_code == 404


@pytest.mark.any_server
async def test_a_slash_at_the_end_makes_no_difference(client: Api) -> None:
    assert (await client.get("/api/v1/products/")).status_code == 200


@pytest.mark.any_server
@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", ": it ends too early"),
        ("{", ": it ends too early"),
        ("nonsense", ": see byte 4"),
        ('{"name": }', ": see byte 9"),
        ('{"name": "x"} x', ": see byte 15"),
        ('{"name": "\\ud800"}', ": the escape at byte 10 is half of a surrogate pair"),
        ('{"name": "\\\\\\uDBFF..."}', ": the escape at byte 12 is half of a surrogate pair"),
        ('{"name": "\\\\ud800, cut off', ": it ends too early"),
        ('{"name": "\\ud800', ": it ends too early"),
        ("[" * 5000, " that can be read: it is nested too deeply"),
        ('{"name": ' + "1" * 5000 + "}", " that can be read: a number is too large"),
        ('{"name": 1e99999999999999999999}', " that can be read: a number is too large"),
    ],
)
async def test_a_body_that_is_no_json_is_400(client: Api, body: str, reason: str) -> None:
    response = await client.post("/api/v1/categories", content=body, headers=JSON)
    assert response.status_code == 400
    assert error(response)["code"] == "MALFORMED_JSON"
    assert error(response)["message"] == f"The body is not JSON{reason}."


@pytest.mark.any_server
async def test_a_body_that_is_not_utf8_is_400(client: Api) -> None:
    response = await client.post("/api/v1/categories", content=b'{"name": "\xff"}', headers=JSON)
    assert (response.status_code, error(response)["code"]) == (400, "MALFORMED_JSON")


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("0.001", "0.001"),
        ("-1", "-1"),
        ("1e400", None),
        ("9" * 100, "9" * 100),
        ("9" * 4000, None),
        ("true", "true"),
        ('"5"', '"5"'),
        ("[5]", None),
    ],
)
async def test_a_wrong_value_is_shown_as_it_was_sent_where_it_is_short(
    client: Api, sent: str, shown: str | None
) -> None:
    body = f'{{"name": "x", "category_id": "{UNKNOWN}", "price": {sent}}}'
    response = await client.post("/api/v1/products", content=body, headers=JSON)
    assert bad_fields(response) == ["price"]
    assert ('"value":' in response.text) is (shown is not None)
    assert shown is None or f'"value":{shown}}}' in response.text


@pytest.mark.any_server
@pytest.mark.parametrize("body", ["[]", "null", "5", '"name"', "true"])
async def test_a_body_that_is_no_object_is_400(client: Api, body: str) -> None:
    assert bad_fields(await client.post("/api/v1/categories", content=body, headers=JSON)) == ["body"]


@pytest.mark.any_server
@pytest.mark.parametrize("body", ['{"name": 5, "name": "x"}', '{"name": 5, "description": "y", "name": "x"}'])
async def test_a_field_that_is_given_twice_and_is_wrong_once_is_told(client: Api, body: str) -> None:
    assert bad_fields(await client.post("/api/v1/categories", content=body, headers=JSON)) == ["body"]


@pytest.mark.parametrize(
    "name", ["\u200b", "\u0000", "\u0301", "\ufeff \u200d"], ids=["space", "null", "accent", "mixed"]
)
async def test_a_name_that_the_collation_takes_for_empty_is_named(client: Api, name: str) -> None:
    product = await client.product()
    customer = await client.customer()
    category_id = product["category"]["id"]
    for path, body in (
        ("categories", {"name": name}),
        ("products", {"name": name, "price": 1, "category_id": category_id}),
        ("customers", {"name": name, "email": "someone@example.org"}),
    ):
        identifier = {"categories": category_id, "products": product["id"], "customers": customer["id"]}[path]
        assert bad_fields(await client.post(f"/api/v1/{path}", json=body)) == ["name"]
        assert bad_fields(await client.put(f"/api/v1/{path}/{identifier}", json=body)) == ["name"]


@pytest.mark.any_server
@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "text/plain"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "application/json; charset=latin1"},
        {"content-type": "application/vnd.shop+json"},
        {"content-type": "application/merge-patch+json"},
        {"content-type": "application/json; charset="},
        {"content-type": "application/json", "content-encoding": "gzip"},
    ],
)
async def test_a_body_of_another_kind_is_415(client: Api, headers: dict[str, str]) -> None:
    response = await client.post("/api/v1/categories", content='{"name": "x"}', headers=headers)
    assert (response.status_code, error(response)["code"]) == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize(
    "kind", ["application/json", "Application/JSON; Charset=UTF-8", 'application/json;charset="utf-8"']
)
async def test_json_is_taken_however_it_is_called(client: Api, kind: str) -> None:
    response = await client.post(
        "/api/v1/categories", content='{"name": "x"}', headers={"content-type": kind}
    )
    assert response.status_code == 201


@pytest.mark.any_server
async def test_a_body_beyond_the_limit_is_413_whether_it_says_so_or_not(client: Api) -> None:
    body = b'{"name": "' + b"x" * 1_100_000 + b'"}'

    async def pieces() -> AsyncGenerator[bytes, None]:
        for start in range(0, len(body), 65536):
            yield body[start : start + 65536]

    for content in (body, pieces()):
        response = await client.post("/api/v1/categories", content=content, headers=JSON)
        assert (response.status_code, error(response)["code"]) == (413, "PAYLOAD_TOO_LARGE")


async def test_unknown_fields_of_a_body_are_passed_over(client: Api) -> None:
    """So that what was read can be sent back with a change: it has an id, which a PUT does not take."""
    created = await client.category("Lamps")
    response = await client.put(f"/api/v1/categories/{created['id']}", json={**created, "name": "Lights"})
    assert data(response)["name"] == "Lights"


@pytest.mark.any_server
@pytest.mark.parametrize("query", ["%ff", "name=%ff", "&".join(f"a{n}=1" for n in range(200))])
async def test_a_query_that_cannot_be_read_is_400(client: Api, query: str) -> None:
    assert bad_fields(await client.get(f"/api/v1/products?{query}")) == ["query"]


@pytest.mark.any_server
async def test_the_limit_of_parameters_is_told(client: Api) -> None:
    query = "&".join(f"a{n}=1" for n in range(101))
    response = await client.get(f"/api/v1/products?{query}")
    assert error(response)["details"] == [{"field": "query", "message": "has more than 100 parameters"}]
    assert (await client.get(f"/api/v1/products?{query.removesuffix('&a100=1')}")).status_code == 200


async def test_every_answer_names_its_request_and_forbids_sniffing(client: Api) -> None:
    for path in ("/api/v1/products", "/nothing", "/health/live", "/swagger/index.html", "/metrics"):
        response = await client.get(path)
        assert response.headers["x-content-type-options"] == "nosniff"
        assert len(response.headers["x-request-id"]) == 36
        assert "server" not in response.headers


@pytest.mark.any_server
@pytest.mark.parametrize(
    ("given", "taken"),
    [("abc-1.2_3", True), ("x" * 64, True), ("x" * 65, False), ("a b", False), ("ü", False), ("", False)],
)
async def test_a_request_id_is_taken_over_where_it_is_harmless(
    client: Api, given: str, *, taken: bool
) -> None:
    response = await client.get("/health/live", headers=[(b"x-request-id", given.encode())])
    assert (response.headers["x-request-id"] == given) is taken


async def broken(*_: object, **__: object) -> Any:
    raise RuntimeError("the secret of the house")


async def test_a_fault_of_ours_is_opaque_outside_and_complete_in_the_log(
    client: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("generated.categories.get_category", broken)
    with structlog.testing.capture_logs() as logged:
        response = await client.get(f"/api/v1/categories/{UNKNOWN}")
    assert response.status_code == 500
    request_id = response.headers["x-request-id"]
    assert error(response) == {
        "code": "INTERNAL_ERROR",
        "message": f"Something went wrong on our side. Report it with the request id {request_id}.",
        "details": [],
    }
    (line,) = (line for line in logged if line["event"] == "request.failed")
    assert isinstance(line["exc_info"], RuntimeError)
    assert "the secret of the house" in str(line["exc_info"])


async def test_a_wrong_statement_shows_nothing_of_itself(
    client: Api, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def wrong(conn: Any, **_: object) -> None:
        async with conn.cursor() as cursor:
            await cursor.execute("SELECT secret_column FROM WHERE")

    monkeypatch.setattr("generated.categories.get_category", wrong)
    response = await client.get(f"/api/v1/categories/{UNKNOWN}")
    assert response.status_code == 500
    assert "secret" not in response.text
    assert database.pool.taken == 0


async def test_a_database_that_is_gone_is_503_with_retry_after_and_without_its_address(
    client: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(*_: object, **__: object) -> Any:
        raise DatabaseUnavailable from OSError("connect to 10.1.2.3:3306 failed")

    monkeypatch.setattr("generated.categories.get_category", gone)
    response = await client.get(f"/api/v1/categories/{UNKNOWN}")
    assert (response.status_code, error(response)["code"]) == (503, "UNAVAILABLE")
    assert response.headers["retry-after"] == "2"
    assert "10.1.2.3" not in response.text


async def test_beyond_the_pool_and_its_queue_requests_are_503_and_all_others_are_served(
    client: Api, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database.pool, "_queue", 10)

    async def slow(conn: Any, **_: object) -> None:
        async with conn.cursor() as cursor:
            await cursor.execute("SELECT SLEEP(0.2)")

    monkeypatch.setattr("generated.categories.get_category", slow)
    # Different ids, because requests for the same one share a load.
    paths = [f"/api/v1/categories/{uuid4()}" for _ in range(50)]
    responses = await asyncio.gather(*map(client.get, paths))
    statuses = [response.status_code for response in responses]
    assert statuses.count(404) == 15
    assert statuses.count(503) == 35
    refused = next(response for response in responses if response.status_code == 503)
    assert error(refused)["code"] == "OVERLOADED"
    assert int(refused.headers["retry-after"]) >= 1


async def test_a_client_that_goes_away_in_mid_body_is_no_fault_of_ours(app: Litestar, client: Api) -> None:
    del client
    messages = [
        {"type": "http.request", "body": b'{"name"', "more_body": True},
        {"type": "http.disconnect"},
    ]
    sent: list[Any] = []

    async def receive() -> Any:
        return messages.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = scope_of("POST", "/api/v1/categories", headers=[(b"content-type", b"application/json")])
    with structlog.testing.capture_logs() as logged:
        await app(scope, receive, send)
    assert sent[0]["status"] == 408
    assert json.loads(sent[1]["body"])["error"]["code"] == "REQUEST_TIMEOUT"
    assert not [line for line in logged if line["log_level"] == "error"]


@pytest.mark.parametrize("headers", [[], [(b"host", b"")]])
async def test_a_bad_id_is_told_on_an_ipv6_address_without_a_host(
    app: Litestar, headers: list[tuple[bytes, bytes]]
) -> None:
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope_of("GET", "/api/v1/products/x", headers=headers, server=("::1", 3000)), receive, send)
    assert sent[0]["status"] == 400
    assert json.loads(sent[1]["body"])["error"]["details"][0]["field"] == "product_id"


def scope_of(
    method: str, path: str, *, headers: list[tuple[bytes, bytes]], server: tuple[str, int] | None = None
) -> Any:
    """Return the scope of a request that httpx does not send."""
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": headers,
        "client": None,
        "server": server,
    }
