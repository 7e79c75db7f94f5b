"""An HTTP client for tests that compares each answer with the OpenAPI document."""

import asyncio
import json
import re
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from decimal import Decimal
from functools import cache
from hashlib import blake2b
from typing import Any, cast
from urllib.parse import urlsplit

import httpx
import msgspec
from jsonschema import Draft202012Validator
from litestar import Litestar

Json = dict[str, Any]


class Contract:
    """The statuses and the bodies that the document promises for each path."""

    def __init__(self, document: Json) -> None:
        self.document = document
        self.components = {
            "schemas": {name: _closed(schema) for name, schema in document["components"]["schemas"].items()}
        }
        self.paths = [
            (re.compile(re.sub(r"\\{[^}]*\\}", "[^/]+", re.escape(path)) + "/?"), operations)
            for path, operations in with_answers(document)["paths"].items()
        ]
        # The bodies that were checked, by answer and digest: to check a page of 20 products takes 3 ms.
        self._valid: set[tuple[int, bytes]] = set()

    def operation(self, method: str, url: str) -> Json | None:
        """Return the document's operation for a request, or None if the document has none."""
        path = urlsplit(url).path
        for pattern, operations in self.paths:
            if pattern.fullmatch(path):
                method = "get" if method == "HEAD" else method.lower()
                return cast("Json | None", operations.get(method))
        return None

    def check(self, response: httpx.Response) -> None:
        """Fail if the document does not describe this answer."""
        request = response.request
        operation = self.operation(request.method, str(request.url))
        where = f"{request.method} {request.url.path} -> {response.status_code}"
        if operation is None:
            return
        promised = operation["responses"].get(str(response.status_code))
        assert promised is not None, f"{where}: not a status that the document knows of"
        for name, header in promised.get("headers", {}).items():
            assert name in response.headers or not header["required"], f"{where}: without the header {name}"
        if "content" not in promised:
            assert response.content == b"", f"{where}: a body where the document has none"
        elif request.method != "HEAD":
            assert response.headers["content-type"] == "application/json", where
            self._check_body(promised, response, where)

    def _check_body(self, promised: Json, response: httpx.Response, where: str) -> None:
        checked = id(promised), blake2b(response.content, digest_size=16).digest()
        if checked in self._valid:
            return
        body = json.loads(response.content, parse_float=Decimal)
        problems = list(self.problems(promised["content"]["application/json"]["schema"], body))
        assert not problems, f"{where}: {problems}\n{response.text[:2000]}"
        if response.is_error:
            code, codes = body["error"]["code"], codes_of(promised)
            assert code in codes, f"{where}: {code} is not one of the document's codes {codes}"
        self._valid.add(checked)

    def problems(self, schema: Json, value: object) -> Iterator[str]:
        validator: Any = Draft202012Validator(
            {**schema, "components": self.components}, format_checker=Draft202012Validator.FORMAT_CHECKER
        )
        for error in validator.iter_errors(value):
            yield f"{error.json_path}: {error.message}"


def with_answers(document: Json) -> Json:
    """The document, each reference to an answer replaced by the answer."""
    shared = document["components"]["responses"]
    paths = {
        path: {
            method: {
                **operation,
                "responses": {
                    status: shared[answer["$ref"].rpartition("/")[2]] if "$ref" in answer else answer
                    for status, answer in operation["responses"].items()
                },
            }
            for method, operation in operations.items()
        }
        for path, operations in document["paths"].items()
    }
    return {**document, "paths": paths}


def codes_of(failure: Json) -> list[str]:
    """The error codes of an answer in the document: it has an example of each."""
    return list(failure["content"]["application/json"]["examples"])


def _closed(schema: Json) -> Json:
    """The schema with no room for fields that it does not name: what is sent must all be described."""
    if schema.get("type") == "object" and "properties" in schema:
        return {"additionalProperties": False, **schema}
    return schema


def document_of(app: Litestar) -> Json:
    """The document as it is served, its numbers exact."""
    return _parsed(_served_document(app))


def contract_of(app: Litestar) -> Contract:
    """The contract of the application, made once: each test has a client, and to make a document takes 50 ms."""
    if "contract" not in app.state:
        app.state["contract"] = _contract(_served_document(app))
    return cast("Contract", app.state["contract"])


@cache
def _contract(document: bytes) -> Contract:
    """One contract for all applications with the same document, so that they share the checked bodies."""
    return Contract(_parsed(document))


def _served_document(app: Litestar) -> bytes:
    return msgspec.json.encode(app.openapi_schema.to_schema())


def _parsed(document: bytes) -> Json:
    return cast("Json", json.loads(document, parse_float=Decimal))


def transport(app: Litestar) -> httpx.ASGITransport:
    """The way into an application of this process; to httpx, Litestar's own types of ASGI are others."""
    return httpx.ASGITransport(app=cast("Any", app), raise_app_exceptions=False)


class Api(httpx.AsyncClient):
    """A client of the application in this process; every answer must be what the document says."""

    def __init__(self, app: Litestar) -> None:
        super().__init__(
            transport=transport(app), base_url="http://test", event_hooks={"response": [self._check]}
        )
        self.contract = contract_of(app)

    async def _check(self, response: httpx.Response) -> None:
        await response.aread()
        self.contract.check(response)

    async def made(self, path: str, **body: object) -> Any:
        """POST to a list; the data of what was created."""
        response = await self.post(f"/api/v1{path}", json=body)
        assert response.status_code == 201, response.text
        return data(response)

    async def category(self, name: str = "Lamps", **body: object) -> Any:
        return await self.made("/categories", name=name, **body)

    async def product(self, category_id: str | None = None, **body: object) -> Any:
        if category_id is None:
            category_id = (await self.category())["id"]
        return await self.made(
            "/products",
            **{"name": "Desk lamp", "price": 119.9, "stock_quantity": 10, **body},
            category_id=category_id,
        )

    async def customer(self, **body: object) -> Any:
        return await self.made("/customers", **{"name": "Ada", "email": "ada@example.org", **body})


@asynccontextmanager
async def running(app: Litestar) -> AsyncGenerator[Litestar, None]:
    """The application between its start and its end, both in one task, which fixtures cannot promise."""
    started, stop = asyncio.Event(), asyncio.Event()

    async def live() -> None:
        async with app.lifespan():
            started.set()
            await stop.wait()

    life = asyncio.create_task(live())
    await asyncio.wait([life, waiting := asyncio.create_task(started.wait())], return_when="FIRST_COMPLETED")
    waiting.cancel()
    try:
        if not life.done():
            yield app
    finally:
        stop.set()
        await life


def data(response: httpx.Response) -> Any:
    """The data of a success, its numbers exact."""
    body = json.loads(response.content, parse_float=Decimal)
    assert body["ok"] is True, body
    return body["data"]


def meta(response: httpx.Response) -> Any:
    body = response.json()
    assert body["ok"] is True, body
    return body["meta"]


def error(response: httpx.Response) -> Any:
    """The error of a failure: code, message, details."""
    body = response.json()
    assert body["ok"] is False, body
    assert body["data"] is None
    return body["error"]


def bad_fields(response: httpx.Response) -> list[str]:
    """The fields that a 400 names."""
    assert response.status_code == 400, response.text
    assert error(response)["code"] == "VALIDATION_ERROR"
    return [detail["field"] for detail in error(response)["details"]]
