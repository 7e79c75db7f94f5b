"""Changes of the document that break clients of the last release are found, and no others."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.api_client import Json
from tools.openapi.breaking import breaking_changes
from tools.openapi.subschema import UnknownKeywordError

LIST, ONE = "/api/v1/products", "/api/v1/products/{product_id}"
Change = Callable[[Json], object]


def schemas(document: Json) -> Json:
    found: Json = document["components"]["schemas"]
    return found


def properties(document: Json, name: str) -> Json:
    found: Json = schemas(document)[name]["properties"]
    return found


def parameters(document: Json) -> list[Json]:
    found: list[Json] = document["paths"][LIST]["get"]["parameters"]
    return found


def answer(document: Json, method: str = "get", status: str = "200") -> Json:
    found: Json = document["paths"][ONE][method]["responses"][status]
    return found


def parameter(document: Json, name: str) -> Json:
    (found,) = (each for each in parameters(document) if each["name"] == name)
    return found


NEW: Json = {"name": "new", "in": "query", "schema": {"type": "string"}}

BREAKING: dict[str, Change] = {
    "GET /api/v1/orders: the operation is gone": lambda d: d["paths"]["/api/v1/orders"].pop("get"),
    "query parameter sort is gone": lambda d: parameters(d).remove(parameter(d, "sort")),
    "query parameter new is new and required": lambda d: parameters(d).append({**NEW, "required": True}),
    "query parameter name is required now": lambda d: parameter(d, "name").update(required=True),
    "query parameter page: maximum: 1000000 before, 5 now": lambda d: parameter(d, "page")["schema"].update(
        maximum=5
    ),
    "query parameter sort: the value 'name_asc': allowed before, not allowed now": lambda d: parameter(
        d, "sort"
    )["schema"]["enum"].remove("name_asc"),
    "body: the field note: optional before, required now": lambda d: (
        properties(d, "CategoryInput").update(note={"type": "string"}),
        schemas(d)["CategoryInput"]["required"].append("note"),
    ),
    "body: the field description is gone": lambda d: properties(d, "CategoryInput").pop("description"),
    "body.name: string before, integer now": lambda d: properties(d, "CategoryInput").update(
        name={"type": "integer"}
    ),
    "body of application/merge-patch+json is no longer taken": lambda d: d["paths"][ONE]["patch"][
        "requestBody"
    ]["content"].pop("application/merge-patch+json"),
    "answer 200.data: the field price is gone": lambda d: properties(d, "Product").pop("price"),
    "answer 200.data.total_sold: null now, integer before": lambda d: properties(d, "Product").update(
        total_sold={"anyOf": [{"type": "integer"}, {"type": "null"}]}
    ),
    "answer 200.data.price: string now, number before": lambda d: properties(d, "Product").update(
        price={"type": "string"}
    ),
    "answer 200.data: the field name: optional now, required before": lambda d: schemas(d)["Product"][
        "required"
    ].remove("name"),
    "the field links is new, in an object that had no other fields": lambda d: answer(d)["content"][
        "application/json"
    ]["schema"]["properties"].update(links={"type": "object"}),
    "header X-Cache: the value 'STALE': allowed now, not allowed before": lambda d: answer(d)["headers"][
        "X-Cache"
    ]["schema"]["enum"].append("STALE"),
    "the header ETag is not always sent any more": lambda d: answer(d)["headers"].pop("ETag"),
    "the answer 200 is gone": lambda d: d["paths"][ONE]["delete"]["responses"].pop("200"),
    "the answer 202 is new": lambda d: d["paths"][ONE]["delete"]["responses"].update(
        {"202": {"description": ""}}
    ),
    "it needs a key": lambda d: d["paths"][ONE]["get"].update(security=[{"ApiKey": ["read"]}]),
}

HARMLESS: dict[str, Change] = {
    "a new operation": lambda d: d["paths"].update({"/new": {"get": d["paths"][LIST]["get"]}}),
    "a new optional parameter": lambda d: parameters(d).append(NEW),
    "a wider bound": lambda d: parameter(d, "page_size")["schema"].update(maximum=10_000),
    "a new optional field of a body": lambda d: properties(d, "CategoryInput").update(
        note={"type": "string"}
    ),
    "a field of a body that may be null": lambda d: properties(d, "CategoryInput").update(
        name={"anyOf": [properties(d, "CategoryInput")["name"], {"type": "null"}]}
    ),
    "a new field of an answer": lambda d: properties(d, "Product").update(weight={"type": "number"}),
    "a narrower answer": lambda d: properties(d, "Product").update(price={"type": "integer"}),
    "a value that is not sent any more": lambda d: answer(d)["headers"]["X-Cache"]["schema"]["enum"].pop(),
    "a new error": lambda d: answer(d)["headers"] and d["paths"][ONE]["get"]["responses"].update({"418": {}}),
    "another text": lambda d: answer(d).update(description="Another"),
}


def test_the_same_document_breaks_nothing(served_document: Any) -> None:
    assert list(breaking_changes(served_document, served_document)) == []


@pytest.mark.parametrize("message", BREAKING)
def test_a_breaking_change_is_found_at_its_place(served_document: Any, message: str) -> None:
    changed = copy.deepcopy(served_document)
    BREAKING[message](changed)
    found = list(breaking_changes(served_document, changed))
    assert any(message in each for each in found), found


@pytest.mark.parametrize("name", HARMLESS)
def test_a_change_that_no_client_notices_is_allowed(served_document: Any, name: str) -> None:
    changed = copy.deepcopy(served_document)
    HARMLESS[name](changed)
    assert changed != served_document
    assert list(breaking_changes(served_document, changed)) == []


def test_a_schema_that_refers_to_itself_is_compared(served_document: Any) -> None:
    changed = copy.deepcopy(served_document)
    for document in (served_document := copy.deepcopy(served_document), changed):
        properties(document, "Product")["parts"] = {
            "type": "array",
            "items": {"$ref": "#/components/schemas/Product"},
        }
    assert list(breaking_changes(served_document, changed)) == []
    properties(changed, "Product").pop("name")
    assert list(breaking_changes(served_document, changed))


def test_a_keyword_that_cannot_be_compared_is_an_error(served_document: Any) -> None:
    changed = copy.deepcopy(served_document)
    properties(changed, "Product")["name"]["contentEncoding"] = "base64"
    with pytest.raises(
        UnknownKeywordError, match=r"answer 20\d.data.*name: contentEncoding cannot be compared"
    ):
        list(breaking_changes(served_document, changed))
