"""Answers compared with the document: those that it describes pass, each other one is refused."""

from typing import Any

import msgspec
import pytest
from litestar import Litestar

from tests.api_client import Json, document_of, with_answers
from tests.faults.client import Answer
from tests.faults.documented import Documented, Types, Undocumented

pytestmark = pytest.mark.any_server  # it compares answers that it makes itself

GET_PRODUCT = ("GET", "/api/v1/products/{}")
PRODUCT: Json = {
    "id": "01a20474-5f0a-73a0-a737-0a59f4c064c4",
    "name": "Lamp",
    "description": None,
    "price": 9.9,
    "stock_quantity": 3,
    "is_active": True,
    "total_sold": 0,
    "category": {"id": "01a20474-5ef4-73fb-be0d-2a157d89e90d", "name": "Lamps", "description": "Light"},
}
HEAD = b"HTTP/1.1 200 OK\r\netag: x\r\nx-cache: HIT\r\nage: 0"


@pytest.fixture(scope="module")
def documented(app: Litestar) -> Documented:
    document = document_of(app)
    get = document["paths"]["/api/v1/products/{product_id}"]["get"]
    get["responses"]["200"]["headers"]["X-Cache"]["required"] = True
    return Documented(document)


def answer(status: int, body: object, head: bytes = HEAD) -> Answer:
    return Answer(status, head, msgspec.json.encode(body), 0.0, 0.0)


def success(data: object, **changes: object) -> Json:
    return {"ok": True, "data": data, "meta": None, "error": None, **changes}


def failure(code: str) -> Json:
    return {"ok": False, "data": None, "meta": None, "error": {"code": code, "message": "", "details": []}}


def test_a_described_success_is_decoded(documented: Documented) -> None:
    envelope = documented.success(*GET_PRODUCT, answer(200, success(PRODUCT)))
    assert envelope.data.name == "Lamp"
    assert str(envelope.data.price) == "9.9"


@pytest.mark.parametrize(
    "wrong",
    [
        success({**PRODUCT, "secret": 1}),
        success({key: value for key, value in PRODUCT.items() if key != "price"}),
        success({**PRODUCT, "stock_quantity": "3"}),
        success({**PRODUCT, "category": None}),
        success({**PRODUCT, "id": "17"}),
        success(PRODUCT, ok=False),
        success(PRODUCT, meta={}),
        failure("NOT_FOUND"),
    ],
)
def test_a_success_that_is_not_described_is_refused(documented: Documented, wrong: Json) -> None:
    with pytest.raises(Undocumented):
        documented.success(*GET_PRODUCT, answer(200, wrong))


def test_a_status_or_a_missing_header_is_refused(documented: Documented) -> None:
    with pytest.raises(Undocumented, match="202 is not a status"):
        documented.success(*GET_PRODUCT, answer(202, success(PRODUCT)))
    with pytest.raises(Undocumented, match="without the header X-Cache"):
        documented.success(*GET_PRODUCT, answer(200, success(PRODUCT), b"HTTP/1.1 200 OK\r\netag: x"))


def test_a_code_that_the_operation_does_not_have_is_refused(documented: Documented) -> None:
    assert documented.failure(*GET_PRODUCT, answer(404, failure("NOT_FOUND")))["code"] == "NOT_FOUND"
    for _ in range(2):
        with pytest.raises(Undocumented):
            documented.failure(*GET_PRODUCT, answer(404, failure("EMAIL_IN_USE")))


def test_every_success_of_the_document_has_a_type(app: Litestar) -> None:
    document = document_of(app)
    types = Types(document["components"]["schemas"])
    made: list[Any] = [
        types.of(response["content"]["application/json"]["schema"])
        for operations in with_answers(document)["paths"].values()
        for operation in operations.values()
        for status, response in operation["responses"].items()
        if status.startswith("2") and "application/json" in response.get("content", {})
    ]
    assert len(made) > 20


def test_a_schema_that_has_no_exact_type_is_refused() -> None:
    with pytest.raises(TypeError, match="multipleOf"):
        Types({}).of({"type": "integer", "multipleOf": 5})
