"""The document and the validation allow and forbid the same: on the running application, in both directions."""

import json
import re
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any
from uuid import uuid4

import httpx
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from litestar import Litestar

from tests.api_client import Api, Json, error

BODIES = [
    ("post", "/api/v1/categories"),
    ("put", "/api/v1/categories/{category_id}"),
    ("patch", "/api/v1/categories/{category_id}"),
    ("post", "/api/v1/products"),
    ("put", "/api/v1/products/{product_id}"),
    ("patch", "/api/v1/products/{product_id}"),
    ("post", "/api/v1/products/{product_id}/stock"),
    ("post", "/api/v1/customers"),
    ("put", "/api/v1/customers/{customer_id}"),
    ("patch", "/api/v1/customers/{customer_id}"),
    ("post", "/api/v1/orders"),
]
QUERIES = [
    "/api/v1/categories",
    "/api/v1/products",
    "/api/v1/products/{product_id}/stock",
    "/api/v1/customers",
    "/api/v1/orders",
    "/api/v1/dashboard/top-customers",
    "/api/v1/dashboard/overview",
    "/api/v1/dashboard/sales",
    "/api/v1/dashboard/categories",
    "/api/v1/dashboard/low-stock",
    "/api/v1/dashboard/top-products",
]

# Text of letters, digits, punctuation, symbols and blanks: what a collation takes for nothing is another matter.
CHARACTERS = st.characters(categories=("L", "N", "P", "S", "Zs"))
FIXED = hypothesis_settings(max_examples=60, deadline=None)
JSON = {"content-type": "application/json"}

# JSON beside the point. To JSON Schema 2.0 is a whole number, to the service it is not: no client sends it for one.
anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**12), 10**12)
    | st.decimals(-(10**11), 10**11, places=3).map(float).filter(lambda number: number % 1 != 0)
    | st.text(CHARACTERS, max_size=300)
    | st.uuids().map(str),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(CHARACTERS), inner, max_size=3),
    max_leaves=5,
)


def allowed(schema: Json, components: Json) -> st.SearchStrategy[Any]:
    """Values that a schema allows; of JSON Schema, what the document uses."""
    match schema:
        case {"$ref": ref}:
            return allowed(components[ref.rpartition("/")[2]], components)
        case {"anyOf": options}:
            return st.one_of([allowed(option, components) for option in options])
        case {"enum": values}:
            return st.sampled_from(values)
        case {"type": "null"}:
            return st.none()
        case {"type": "boolean"}:
            return st.booleans()
        case {"type": "integer", "minimum": low, "maximum": high}:
            return st.integers(low, high).filter(lambda number: schema.get("not") != {"const": number})
        case {"type": "number", "minimum": low, "maximum": high, "multipleOf": step}:
            return st.integers(int(low / step), int(high / step)).map(lambda number: float(number * step))
        case {"type": "string", "format": "uuid"}:
            return st.uuids().map(str)
        case {"type": "string"}:
            return texts(schema)
        case {"type": "array", "items": items, "minItems": low, "maxItems": high}:
            return st.lists(allowed(items, components), min_size=low, max_size=min(high, 4))
        case {"type": "object", "properties": properties, "required": required}:
            fields = {name: allowed(each, components) for name, each in properties.items()}
            return st.fixed_dictionaries(
                {name: fields[name] for name in required},
                optional={name: each for name, each in fields.items() if name not in required},
            )
        case _:
            raise NotImplementedError(schema)


def texts(schema: Json) -> st.SearchStrategy[str]:
    low, high = schema.get("minLength", 0), schema["maxLength"]
    if "@" in schema.get("pattern", ""):
        part = st.text("abcxyz09._-", min_size=1, max_size=20).filter(lambda text: "." not in text)
        return st.builds("{}@{}.{}".format, part, part, part)
    found = st.text(CHARACTERS, min_size=low, max_size=min(high, 60)) | st.just("x" * high)
    return found.filter(lambda text: re.search(schema.get("pattern", ""), text) is not None)


@st.composite
def bodies(draw: st.DrawFn, schema: Json, components: Json) -> Any:
    """A body that the schema allows; often with one field, of the body or of an item, gone or replaced."""
    body = draw(allowed(schema, components))
    changed = body
    if draw(st.booleans()) and body.get("items"):
        changed = draw(st.sampled_from(body["items"]))
    if changed and draw(st.integers(0, 3)):
        name = draw(st.sampled_from(sorted(changed)))
        if draw(st.integers(0, 3)):
            changed[name] = draw(anything)
        else:
            del changed[name]
    return body


def is_refused(response: httpx.Response) -> bool:
    """Return True if the request itself was refused. 404, 409 and an unknown reference depend on stored data."""
    assert response.status_code < 500, response.text
    if response.status_code != 400:
        return False
    assert error(response)["code"] == "VALIDATION_ERROR", response.text
    return True


def crosses_fields(response: httpx.Response) -> bool:
    """Return True if a rule across fields was broken, which only the words of the document describe."""
    if response.status_code != 400:
        return False
    messages = [each["message"] for each in error(response)["details"]]
    return any(
        re.match("must not be above|cannot be combined|asks for|is not a cursor", each) for each in messages
    )


@pytest.fixture(scope="module")
async def api(app: Litestar) -> AsyncIterator[Api]:
    async with Api(app) as client:
        yield client


def holds(schema: Json, document: Json, value: object) -> bool:
    """Return True if a value conforms to a schema of the document."""
    whole = {**schema, "components": document["components"]}
    validator: Any = Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER)
    return bool(validator.is_valid(value))


@pytest.mark.any_server
@pytest.mark.parametrize(("method", "path"), BODIES)
@FIXED
@given(data=st.data())
async def test_a_body_is_refused_if_and_only_if_the_document_forbids_it(
    api: Api, document: Json, method: str, path: str, data: st.DataObject
) -> None:
    body = document["paths"][path][method]["requestBody"]
    schema = body["content"]["application/json"]["schema"]
    text = json.dumps(data.draw(bodies(schema, document["components"]["schemas"])))
    response = await api.request(method, re.sub("{.*}", str(uuid4()), path), content=text, headers=JSON)
    is_allowed = holds(schema, document, json.loads(text, parse_float=Decimal))
    assert is_allowed != is_refused(response) or crosses_fields(response), (text, response.text)


def read(schema: Json, text: str) -> object:
    """A query value as the document means it: a number where one is declared and written, else a text."""
    if schema.get("type") == "integer" and re.fullmatch(r"-?[0-9]+", text):
        return int(text)
    if schema.get("type") == "number" and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text):
        return Decimal(text)
    return text


def query_texts(schema: Json) -> st.SearchStrategy[str]:
    """Texts that a schema allows, and others of the kind."""
    written = allowed(schema, {}).map(lambda value: f"{value:f}" if isinstance(value, float) else str(value))
    numbers = st.integers(-(10**10), 10**10).map(str) | st.decimals(-9, 10**10, places=3).map(str)
    return written | numbers | st.text(CHARACTERS, max_size=20) | st.sampled_from(["", "null", "1.0", "1e2"])


@pytest.mark.any_server
@pytest.mark.parametrize("path", QUERIES)
@FIXED
@given(data=st.data())
async def test_a_query_is_refused_if_and_only_if_the_document_forbids_it(
    api: Api, document: Json, path: str, data: st.DataObject
) -> None:
    parameters = {
        each["name"]: each["schema"]
        for each in document["paths"][path]["get"]["parameters"]
        if each["in"] == "query"
    }
    texts = {name: query_texts(schema) for name, schema in parameters.items()}
    query = data.draw(st.fixed_dictionaries({}, optional=texts))
    response = await api.get(re.sub("{.*}", str(uuid4()), path), params=query)
    is_allowed = all(
        not text or holds(parameters[name], document, read(parameters[name], text))
        for name, text in query.items()
    )
    assert is_allowed != is_refused(response) or crosses_fields(response), (query, response.text)


def test_every_body_and_every_query_of_the_document_is_held(document: Json) -> None:
    found = [
        (method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    assert {(method, path) for method, path, each in found if "requestBody" in each} == set(BODIES), (
        "a route with a body belongs in BODIES"
    )
    with_query = {
        path for _, path, each in found for one in each.get("parameters", ()) if one["in"] == "query"
    }
    assert with_query == set(QUERIES), "a route with parameters belongs in QUERIES"
