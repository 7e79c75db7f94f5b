"""The document: valid, complete, and told from the same source as what happens."""

import json
import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from litestar import Litestar, get
from litestar.routes import HTTPRoute
from openapi_spec_validator import OpenAPIV31SpecValidator

from product_dashboard.errors import Code
from product_dashboard.openapi.document import UndocumentedRouteError, build_document
from product_dashboard.validation import parse_query
from tests.api_client import Api, Contract

CONTRACT = {
    "/api/v1/categories": {"get", "post"},
    "/api/v1/categories/{category_id}": {"get", "put", "delete"},
    "/api/v1/products": {"get", "post"},
    "/api/v1/products/{product_id}": {"get", "put", "delete"},
    "/api/v1/customers": {"get", "post"},
    "/api/v1/customers/{customer_id}": {"get", "put", "delete"},
    "/api/v1/orders": {"get", "post"},
    "/api/v1/orders/{order_id}": {"get", "delete"},
    "/api/v1/dashboard/products": {"get"},
    "/api/v1/dashboard/top-customers": {"get"},
    "/api/v1/dashboard/overview": {"get"},
    "/health/live": {"get"},
    "/health/ready": {"get"},
}


@pytest.fixture(scope="module")
def document(app: Litestar) -> Any:
    return json.loads(app.state["openapi"])


def operations(document: Any) -> list[tuple[str, str, Any]]:
    return [
        (path, method, each) for path, found in document["paths"].items() for method, each in found.items()
    ]


def test_it_is_a_valid_document(document: Any) -> None:
    OpenAPIV31SpecValidator(document).validate()


def test_it_has_every_route_of_the_contract_and_no_other(document: Any) -> None:
    assert {path: set(found) for path, found in document["paths"].items()} == CONTRACT


def test_no_route_of_the_application_is_missing(app: Litestar, document: Any) -> None:
    undocumented = set()
    for route in app.routes:
        assert isinstance(route, HTTPRoute)
        for handler in route.route_handlers:
            if handler.http_methods != {"OPTIONS"} and route.path_format not in document["paths"]:
                assert handler.opt["undocumented"]
                undocumented.add(route.path_format)
    assert undocumented == {
        "/metrics",
        "/openapi.json",
        "/swagger",
        "/swagger/doc.json",
        "/swagger/index.html",
        "/swagger/initializer.js",
        "/swagger/{asset}",
    }


def test_a_route_that_says_nothing_of_itself_is_refused() -> None:
    @get("/silent")
    async def silent() -> None: ...

    with pytest.raises(UndocumentedRouteError, match="/silent"):
        build_document(Litestar([silent], openapi_config=None))


def test_operations_have_names_of_their_own_summaries_and_one_tag(document: Any) -> None:
    found = operations(document)
    names = [each["operationId"] for _, _, each in found]
    assert len(set(names)) == len(names)
    for _, _, each in found:
        assert each["summary"]
        assert len(each["tags"]) == 1
        assert {"name": each["tags"][0]} in document["tags"]


def test_every_code_is_told_somewhere(document: Any) -> None:
    told = {
        code
        for _, _, each in operations(document)
        for answer in each["responses"].values()
        for code in re.findall(r"`([A-Z_]+)`", answer["description"])
    }
    # These two belong to no route: a path without it, and a clash that no service has a name for.
    assert told == set(Code) - {Code.METHOD_NOT_ALLOWED, Code.CONFLICT}


def test_every_example_is_what_its_schema_says(document: Any) -> None:
    contract = Contract(document)
    checked = 0
    for path, method, each in operations(document):
        contents = [answer.get("content", {}) for answer in each["responses"].values()]
        contents.append(each.get("requestBody", {}).get("content", {}))
        for content in contents:
            media = content.get("application/json")
            if media is None:
                continue
            values = [media["example"]] if "example" in media else []
            values += [example["value"] for example in media.get("examples", {}).values()]
            assert values, f"{method} {path}: an answer or a body without an example"
            for value in values:
                assert not list(contract.problems(media["schema"], value)), f"{method} {path}: {value}"
                checked += 1
    assert checked > 100


def test_schemas_of_parameters_are_valid(document: Any) -> None:
    for _, _, each in operations(document):
        for parameter in each["parameters"]:
            Draft202012Validator.check_schema(parameter["schema"])


async def test_it_is_served_at_both_places(client: Api, document: Any) -> None:
    for path in ("/openapi.json", "/swagger/doc.json"):
        response = await client.get(path)
        assert response.headers["content-type"] == "application/json"
        assert response.json() == document


def test_what_is_sent_and_not_described_would_be_noticed(document: Any) -> None:
    """The checker itself: it must fail where an answer has more, less, or another type than the document."""
    contract = Contract(document)
    schema = document["paths"]["/api/v1/categories/{category_id}"]["get"]["responses"]["200"]
    schema = schema["content"]["application/json"]["schema"]
    good: dict[str, Any] = {"id": "019aab28-7c20-7a01-8d3e-4b5c6d7e8f90", "name": "x", "description": None}

    def problems(data: object) -> list[str]:
        return list(contract.problems(schema, {"ok": True, "data": data, "meta": None, "error": None}))

    assert not problems(good)
    assert problems({**good, "more": 1})
    assert problems({**good, "name": 1})
    assert problems({**good, "id": "x"})
    assert problems({"id": good["id"]})
    assert problems(None)


def test_the_parameters_are_those_that_are_read(document: Any) -> None:
    """They come from the Struct that the handler gives to parse_query."""
    assert parse_query
    names = [each["name"] for each in document["paths"]["/api/v1/products"]["get"]["parameters"]]
    assert names == [
        "page",
        "page_size",
        "cursor",
        "name",
        "category_id",
        "min_price",
        "max_price",
        "min_stock",
        "max_stock",
        "sort",
    ]
