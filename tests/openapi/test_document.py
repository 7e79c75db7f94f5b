"""The document: valid, complete, and from the same source as what happens."""

import json
import re
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from jsonschema import Draft202012Validator
from litestar import Litestar, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody
from litestar.routes import HTTPRoute
from openapi_spec_validator import OpenAPIV31SpecValidator

from product_dashboard.categories.examples import CATEGORY, CATEGORY_INPUT
from product_dashboard.categories.schemas import Category, CategoryInput
from product_dashboard.errors import Code
from product_dashboard.openapi.document import UndocumentedError, complete
from product_dashboard.openapi.schemas import StructSchemas
from product_dashboard.openapi.swagger import openapi_config
from product_dashboard.products.examples import PRODUCT
from product_dashboard.web.envelope import Envelope, Reply, ok
from tests.api_client import Api, Contract, Json, codes_of, with_answers

pytestmark = pytest.mark.any_server

CONTRACT = {
    "/api/v1/categories": {"get", "post"},
    "/api/v1/categories/{category_id}": {"get", "put", "patch", "delete"},
    "/api/v1/products": {"get", "post"},
    "/api/v1/products/{product_id}": {"get", "put", "patch", "delete"},
    "/api/v1/products/{product_id}/stock": {"get", "post"},
    "/api/v1/products/{product_id}/stock/{change_id}": {"get"},
    "/api/v1/customers": {"get", "post"},
    "/api/v1/customers/{customer_id}": {"get", "put", "patch", "delete"},
    "/api/v1/orders": {"get", "post"},
    "/api/v1/orders/{order_id}": {"get", "delete"},
    "/api/v1/dashboard/products": {"get"},
    "/api/v1/dashboard/top-customers": {"get"},
    "/api/v1/dashboard/overview": {"get"},
    "/api/v1/dashboard/events": {"get"},
    "/api/v1/dashboard/sales": {"get"},
    "/api/v1/dashboard/categories": {"get"},
    "/api/v1/dashboard/low-stock": {"get"},
    "/api/v1/dashboard/top-products": {"get"},
    "/health/live": {"get"},
    "/health/ready": {"get"},
}


def operations(document: Any) -> list[tuple[str, str, Any]]:
    return [
        (path, method, each)
        for path, found in with_answers(document)["paths"].items()
        for method, each in found.items()
    ]


def test_it_is_a_valid_document(served_document: Any) -> None:
    OpenAPIV31SpecValidator(served_document).validate()


def test_it_has_every_route_of_the_contract_and_no_other(document: Any) -> None:
    assert {path: set(found) for path, found in document["paths"].items()} == CONTRACT, (
        "a new route belongs in CONTRACT"
    )


def test_no_route_of_the_application_is_missing(app: Litestar, document: Any) -> None:
    undocumented = {
        route.path_format
        for route in app.routes
        if isinstance(route, HTTPRoute) and route.path_format not in document["paths"]
    }
    assert {re.sub("-[0-9a-f]{12}", "", path) for path in undocumented} == {
        "/",
        "/orders",
        "/page/icon.svg",
        "/page/page.css",
        "/page/page.js",
        "/process",
        "/products",
        "/metrics",
        "/openapi.json",
        "/swagger",
        "/swagger/doc.json",
        "/swagger/index.html",
        "/swagger/initializer.js",
        "/swagger/openapi.json",
        "/swagger/swagger-ui-bundle.js",
        "/swagger/swagger-ui.css",
        "/swagger/{path}",
    }


def completed(handler: HTTPRouteHandler) -> Litestar:
    # Litestar's own logging would write the requests of all tests that follow.
    app = Litestar([handler], plugins=[StructSchemas()], openapi_config=openapi_config(), logging_config=None)
    complete(app)
    return app


async def get_category(category_id: FromPath[UUID]) -> Reply[Envelope[Category]]:
    del category_id
    return ok(CATEGORY)


async def create_category(data: JSONBody[CategoryInput]) -> Reply[Envelope[Category]]:
    del data
    return ok(CATEGORY)


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ({"example": CATEGORY, "erorrs": [Code.NOT_FOUND]}, "there is no keyword erorrs"),
        ({"example": CATEGORY, "errors": ["NOT_FUOND"]}, "errors has 'NOT_FUOND', which is no Code"),
        ({}, "its example is not what it returns"),
        ({"example": PRODUCT}, "its example is not what it returns"),
    ],
)
def test_a_decorator_that_says_something_wrong_fails_at_the_start(
    said: dict[str, object], complaint: str
) -> None:
    completed(get("/{category_id:str}", example=CATEGORY)(get_category))
    with pytest.raises(UndocumentedError, match=complaint):
        completed(get("/{category_id:str}", **said)(get_category))  # type: ignore[arg-type]  # that is the test


def test_an_example_of_a_body_is_decoded_as_a_body_is() -> None:
    completed(post("/", example=CATEGORY, body_example=CATEGORY_INPUT)(create_category))
    with pytest.raises(UndocumentedError, match=r"body_example is no CategoryInput: .* see name"):
        completed(post("/", example=CATEGORY, body_example=CategoryInput(name=""))(create_category))
    with pytest.raises(UndocumentedError, match="body_example is no CategoryInput"):
        completed(post("/", example=CATEGORY)(create_category))


def test_operations_have_names_of_their_own_summaries_and_one_tag(document: Any) -> None:
    found = operations(document)
    names = [each["operationId"] for _, _, each in found]
    assert len(set(names)) == len(names)
    for _, _, each in found:
        assert each["summary"]
        assert len(each["tags"]) == 1
        assert each["tags"][0] in {tag["name"] for tag in document["tags"]}


def test_every_code_is_told_somewhere(document: Any) -> None:
    told = {
        code
        for _, _, each in operations(document)
        for status, answer in each["responses"].items()
        if status >= "400"
        for code in codes_of(answer)
    }
    # These two belong to no route: a path without it, and a clash that no service has a name for.
    assert told == set(Code) - {Code.METHOD_NOT_ALLOWED, Code.CONFLICT}


def test_an_error_is_described_once_for_all_operations_with_the_same_codes(document: Any) -> None:
    shared = document["components"]["responses"]
    for path, operations_of_path in document["paths"].items():
        for operation in operations_of_path.values():
            for status, answer in operation["responses"].items():
                assert (status >= "400") is ("$ref" in answer), (path, status)
    for name, answer in shared.items():
        status, *codes = name.split(".")
        assert codes == codes_of(answer) == re.findall(r"`([A-Z_]+)`", answer["description"])
        assert {Code[code].status for code in codes} == {int(status)}


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


def test_every_format_is_one_that_is_checked(served_document: Any) -> None:
    """A format without a validator is ignored: jsonschema needs a package for some of them."""
    formats = set(re.findall(r'"format": ?"([^"]+)"', json.dumps(served_document, default=str)))
    assert formats == {"date", "date-time", "uuid"}
    assert formats <= set(Draft202012Validator.FORMAT_CHECKER.checkers)


def test_schemas_of_parameters_are_valid(document: Any) -> None:
    for _, _, each in operations(document):
        for parameter in each.get("parameters", ()):
            Draft202012Validator.check_schema(parameter["schema"])


async def test_it_is_served_at_both_places(client: Api, document: Any) -> None:
    for path in ("/openapi.json", "/swagger/doc.json"):
        response = await client.get(path)
        assert response.headers["content-type"] == "application/json"
        assert json.loads(response.content, parse_float=Decimal) == document


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


def test_the_parameters_are_those_of_the_struct_that_is_read(document: Any) -> None:
    parameters = document["paths"]["/api/v1/products"]["get"]["parameters"]
    names = [each["name"] for each in parameters if each["in"] == "query"]
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


def parameter(document: Json, path: str, name: str) -> Json:
    (found,) = (each for each in document["paths"][path]["get"]["parameters"] if each["name"] == name)
    return dict(found)


def test_an_empty_query_value_is_allowed_and_said_to_count_as_not_given(document: Json) -> None:
    for _, method, each in operations(document):
        for found in each.get("parameters", ()):
            assert found.get("allowEmptyValue", False) is (found["in"] == "query"), (method, found)
    assert "empty value counts as not given" in document["info"]["description"]


def test_a_price_has_bounds_and_at_most_two_decimals(document: Json) -> None:
    exact = {"type": "number", "maximum": Decimal("9999999999.99"), "multipleOf": Decimal("0.01")}
    properties = document["components"]["schemas"]["ProductInput"]["properties"]
    assert properties["price"] == {**exact, "minimum": Decimal("0.01")}
    assert parameter(document, "/api/v1/products", "min_price")["schema"] == {**exact, "minimum": 0}


# Litestar's own generator is wrong in each of the following.


def test_an_optional_parameter_keeps_its_bounds(document: Json) -> None:
    schema = parameter(document, "/api/v1/products", "min_stock")["schema"]
    assert schema == {"type": "integer", "minimum": 0, "maximum": 1_000_000_000}


def test_an_optional_field_keeps_its_bounds(document: Json) -> None:
    properties = document["components"]["schemas"]["CategoryInput"]["properties"]
    assert properties["description"] == {"anyOf": [{"type": "string", "maxLength": 2000}, {"type": "null"}]}


def test_a_header_that_may_be_left_out_is_no_null(document: Json) -> None:
    found = parameter(document, "/api/v1/dashboard/products", "If-None-Match")
    assert (found["in"], found["required"], found["schema"]) == ("header", False, {"type": "string"})


def test_the_header_of_a_key_says_which_texts_are_keys(document: Json) -> None:
    (found,) = (
        each for each in document["paths"]["/api/v1/orders"]["post"]["parameters"] if each["in"] == "header"
    )
    assert re.search(found["schema"]["pattern"], "a-key")
    assert not re.search(found["schema"]["pattern"], "")


def test_an_example_keeps_its_nulls(document: Json) -> None:
    answer = document["paths"]["/api/v1/categories"]["get"]["responses"]["200"]
    example = answer["content"]["application/json"]["example"]
    assert example["error"] is None
    assert example["meta"]["next_cursor"] is None


def test_an_amount_that_is_sent_is_a_number(document: Json) -> None:
    assert document["components"]["schemas"]["Product"]["properties"]["price"] == {"type": "number"}


def test_a_time_that_is_sent_has_the_format_of_a_time(document: Json) -> None:
    schemas = document["components"]["schemas"]
    times = {
        (name, field): schema
        for name, found in schemas.items()
        for field, schema in found.get("properties", {}).items()
        if field.endswith("_at")
    }
    assert len(times) >= 4
    for place, schema in times.items():
        assert (schema.get("type"), schema.get("format")) == ("string", "date-time"), place


def test_structs_have_their_docstrings_without_indentation(document: Json) -> None:
    schemas = document["components"]["schemas"]
    assert schemas["OrderItem"]["description"].startswith("One line of an order")
    assert schemas["Health"]["description"].splitlines()[-1] == (
        "`secondaries` are the servers that answer lists and reports beside it; null if DATABASE_READS "
        "is not secondary."
    )


def test_no_component_is_named_after_a_module_or_a_generic_type(document: Json) -> None:
    for name in document["components"]["schemas"]:
        assert re.fullmatch("[A-Z][A-Za-z]+", name)
        assert not name.startswith(("Envelope", "Page"))


def test_a_cached_answer_has_its_headers_and_may_be_a_304(document: Json) -> None:
    cached = {
        path
        for path, _, each in operations(document)
        if "X-Cache" in each["responses"].get("200", {}).get("headers", ())
    }
    gets = {
        path
        for path, method, each in operations(document)
        if method == "get"
        and "application/json" in each["responses"]["200"]["content"]  # no stream of events
    }
    assert cached == {path for path in gets if path.startswith("/api/v1/")}
    for path in cached:
        for status in ("200", "304"):
            headers = document["paths"][path]["get"]["responses"][status]["headers"]
            assert set(headers) == {"ETag", "X-Cache", "Age"}
            assert headers["X-Cache"]["schema"] == {"enum": ["HIT", "MISS", "BYPASS"]}


def test_a_201_says_where_and_a_503_when(document: Json) -> None:
    for _, _, each in operations(document):
        if created := each["responses"].get("201"):
            required = {name: header["required"] for name, header in created["headers"].items()}
            assert required == {"Location": True, "ETag": True, "Idempotency-Replayed": False}
        assert set(each["responses"]["503"]["headers"]) == {"Retry-After"}


def test_a_read_of_one_resource_has_an_etag_and_may_be_a_304(document: Json) -> None:
    checked = 0
    for path, method, each in operations(document):
        if method == "get" and path.startswith("/api/v1") and path.endswith("_id}"):
            assert "ETag" in each["responses"]["200"]["headers"], path
            assert "ETag" in each["responses"]["304"]["headers"], path
            checked += 1
    assert checked == 5


def test_a_change_or_a_deletion_of_a_resource_is_conditional_and_may_be_a_412(document: Json) -> None:
    conditional = {
        (method, path)
        for path, method, each in operations(document)
        if {"If-Match", "If-None-Match"} <= {found["name"] for found in each.get("parameters", ())}
    }
    assert conditional == {
        (method, path) for path, method, _ in operations(document) if method in {"put", "patch", "delete"}
    }
    for path, method, each in operations(document):
        assert ("412" in each["responses"]) is ((method, path) in conditional)
        if method in {"put", "patch"}:
            assert set(each["responses"]["200"]["headers"]) == {"ETag"}
            assert "304" not in each["responses"]


def test_a_patch_has_the_fields_of_its_input_and_requires_none(document: Json) -> None:
    schemas = document["components"]["schemas"]
    for resource in ("Category", "Product", "Customer"):
        whole, part = schemas[f"{resource}Input"], schemas[f"{resource}Patch"]
        assert not part["required"]
        assert [*part["properties"]] == [*whole["properties"]]
        for name, schema in part["properties"].items():
            constraints = {key: value for key, value in whole["properties"][name].items() if key != "default"}
            assert schema == constraints, name


def test_a_patch_may_be_sent_as_json_or_as_a_merge_patch(document: Json) -> None:
    for _, method, each in operations(document):
        if method == "patch":
            content = each["requestBody"]["content"]
            assert set(content) == {"application/json", "application/merge-patch+json"}
            assert content["application/json"] == content["application/merge-patch+json"]
