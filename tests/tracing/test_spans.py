"""The spans of requests: their tree, their attributes, and what they must not say."""

import asyncio
from uuid import uuid4

import pytest

from tests.api_client import error
from tests.recipes.conftest import get
from tests.tracing.conftest import Traced, until_known

NO_SUCH = "019aab28-7c20-7a01-8d3e-4b5c6d7e8f90"


async def test_a_read_that_must_load_has_a_span_for_each_step(traced: Traced) -> None:
    while True:
        product = await traced.api.product(name="Lamp of one")
        response = await traced.api.get(f"/api/v1/products/{product['id']}")
        if response.headers["x-cache"] == "MISS":  # else a busy machine kept the cache from being believed
            break
    spans = await traced.spans(response.headers["traceresponse"])
    # The lease also finds a value, and the value is stored after the answer.
    assert [name for name in spans.tree() if not name.endswith(("MGET", "settle"))] == [
        "GET /api/v1/products/{product_id}",
        "  cache product",
        "    cache wait",
        "      EVALSHA lease",
        "      load product",
        "        connection",
        "        products.get_product",
    ]
    assert spans.named("cache product")["cache.result"] == "miss"


async def test_a_read_that_is_found_asks_only_redis(traced: Traced) -> None:
    product = await traced.api.product(name="Lamp of two")
    response = await traced.api.get(f"/api/v1/products/{product['id']}")
    while response.headers["x-cache"] != "HIT":  # the value is stored after the first answer
        response = await traced.api.get(f"/api/v1/products/{product['id']}")
    spans = await traced.spans(response.headers["traceresponse"])
    assert spans.named("cache product")["cache.result"] == "hit"
    assert not [span.name for span in spans.all if span.name.startswith(("products.", "load"))]


async def test_a_write_has_its_statements_and_its_commit_in_its_transaction(traced: Traced) -> None:
    product = await traced.api.product()
    customer = await traced.api.customer(email=f"{uuid4()}@example.org")
    order = {"customer_id": customer["id"], "items": [{"product_id": product["id"], "quantity": 2}]}
    response = await traced.api.post("/api/v1/orders", json=order)
    spans = await traced.spans(response.headers["traceresponse"])
    transaction = spans.tree(spans.named("transaction"))
    assert transaction[0] == "transaction"
    assert [line.strip() for line in transaction[-2:]] == ["EVALSHA begin", "COMMIT"]
    together = next(span for span in spans.all if "; " in span.name)
    assert {"orders.create_order", "cache.hold_cache_epoch"} <= set(together.name.split("; "))
    assert together["db.operation.batch.size"] == len(together.name.split("; "))


async def test_spans_follow_the_semantic_conventions(traced: Traced) -> None:
    product = await traced.api.product()
    response = await traced.api.get(f"/api/v1/products/{product['id']}")
    spans = await traced.spans(response.headers["traceresponse"])
    root, query, command = spans.root, spans.named("products.get_product"), spans.named("EVALSHA lease")
    assert (root.kind, query.kind, command.kind) == ("SERVER", "CLIENT", "CLIENT")
    assert root["http.request.method"] == "GET"
    assert root["http.route"] == "/api/v1/products/{product_id}"
    assert root["http.response.status_code"] == 200
    assert root["url.path"] == f"/api/v1/products/{product['id']}"
    assert root["url.scheme"] == "http"
    assert root["server.address"] == "test"
    assert root["client.address"] == "127.0.0.1"
    assert root.resource["service.name"] == "product-dashboard"
    assert query["db.system.name"] in {"mysql", "mariadb"}
    assert query["db.query.summary"] == "products.get_product"
    assert query["server.port"] > 0
    assert (command["db.system.name"], command["db.operation.name"]) == ("redis", "EVALSHA")
    assert command["db.stored_procedure.name"] == "lease"


@pytest.mark.parametrize("digits", [30, 5000])
async def test_a_port_that_is_too_large_fails_neither_the_request_nor_its_span(
    traced: Traced, digits: int
) -> None:
    host = {"host": f"test:{'9' * digits}"}
    response = await traced.api.get("/api/v1/dashboard/overview", headers=host)
    assert response.status_code == 200
    spans = await traced.spans(response.headers["traceresponse"])
    assert spans.root["server.address"] == host["host"]


async def test_no_span_has_a_value_of_a_request(traced: Traced) -> None:
    email = f"secret-{uuid4()}@example.org"
    await traced.api.customer(email=email)
    taken = await traced.api.post("/api/v1/customers", json={"name": "Secret Ada", "email": email})
    assert taken.status_code == 409
    found = await traced.api.get("/api/v1/products", params={"name": "secret"})
    for response in (taken, found):
        spans = await traced.spans(response.headers["traceresponse"])
        assert len(spans.all) > 2
        assert not [span.name for span in spans.all if "secret" in span.texts().lower()]


async def test_a_query_that_fails_has_the_type_and_the_number_of_its_error(traced: Traced) -> None:
    email = f"{uuid4()}@example.org"
    await traced.api.customer(email=email)
    response = await traced.api.post("/api/v1/customers", json={"name": "Ada", "email": email})
    spans = await traced.spans(response.headers["traceresponse"])
    failed = next(span for span in spans.all if span.failed)
    assert "customers.create_customer" in failed.name
    assert failed["error.type"] == "asyncmy.errors.IntegrityError"
    assert failed["db.response.status_code"] == "1062"
    assert not spans.root.failed, "a 409 is no failure of the service"
    assert not spans.named("transaction").failed


async def test_a_fault_of_the_service_names_its_trace_to_the_client(
    traced: Traced, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise RuntimeError("a secret")

    monkeypatch.setattr("generated.categories.get_category", fail)
    response = await traced.api.get(f"/api/v1/categories/{uuid4()}")
    assert response.status_code == 500
    spans = await traced.spans(response.headers["traceresponse"])
    assert error(response)["details"] == [{"trace_id": spans.root.trace_id}]
    assert spans.root.failed
    assert spans.root["error.type"] == "RuntimeError"
    assert not [span.name for span in spans.all if "secret" in span.texts()]


async def test_an_error_of_the_client_has_its_trace_in_the_header_only(traced: Traced) -> None:
    response = await traced.api.get(f"/api/v1/categories/{NO_SUCH}")
    spans = await traced.spans(response.headers["traceresponse"])
    assert response.status_code == 404
    assert "trace_id" not in response.text
    assert not spans.root.failed
    assert "error.type" not in spans.root


async def test_a_path_without_a_route_is_named_for_its_method(traced: Traced) -> None:
    response = await traced.api.get("/nothing/here")
    spans = await traced.spans(response.headers["traceresponse"])
    assert spans.tree() == ["GET"]
    assert "http.route" not in spans.root


@pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/metrics"])
async def test_probes_and_scrapes_have_no_trace(traced: Traced, path: str) -> None:
    assert "traceresponse" not in (await traced.api.get(path)).headers


async def test_an_answer_of_a_recipe_has_one_span(traced: Traced) -> None:
    product = await traced.api.product(name="Lamp of a recipe")
    request = get(f"/api/v1/products/{product['id']}")
    async with traced.service.connection() as connection:
        answer = await until_known(connection, request)
    spans = await traced.spans(answer["traceresponse"])
    assert spans.tree() == ["GET /api/v1/products/{product_id}"]
    assert spans.root["cache.result"] == "hit"
    assert spans.root["http.response.status_code"] == 200
    assert spans.root["client.address"] == "127.0.0.1"
    assert answer.body.endswith(b"}"), "the header did not move the body"


async def test_answers_of_recipes_in_one_turn_have_a_trace_each(traced: Traced) -> None:
    product = await traced.api.product(name="Lamp of many")
    request = get(f"/api/v1/products/{product['id']}")
    async with traced.service.connection() as one, traced.service.connection() as another:
        await until_known(one, request)
        answers = await asyncio.gather(one.ask(request), another.ask(request))
    roots = [(await traced.spans(answer["traceresponse"])).root for answer in answers]
    assert len({root.trace_id for root in roots}) == 2
    assert {root.parent_id for root in roots} == {""}
