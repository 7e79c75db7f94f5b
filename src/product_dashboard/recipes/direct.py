"""Recipes in the HTTP protocol: requests that are remembered by all of their bytes, and their answers as bytes.

The bytes decide everything that routing, validation and the gate look at, except the state of the gate and the address
of the client. So the parsed headers are kept with the recipe for the gate, and the address for a client behind a proxy.
"""

import time
from dataclasses import dataclass
from typing import Any, Final, cast

from litestar.types import HTTPScope
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from product_dashboard.access.client import STATE_KEY
from product_dashboard.access.content_type import RawHeaders
from product_dashboard.access.gate import Gate
from product_dashboard.access.middleware import refusal
from product_dashboard.errors import AppError
from product_dashboard.observability.request_ids import HEADER, begin_request
from product_dashboard.observability.requests import NO_SNIFFING, RequestObserver
from product_dashboard.recipes.recent import Recent
from product_dashboard.recipes.recipe import Prepared, Recipe
from product_dashboard.recipes.store import RecipeStore

MAX_REQUESTS: Final = 4096
MAX_REQUEST_BYTES: Final = 2048

_HEAD_END: Final = b"\r\n\r\n"
# A body, a message that is more than a GET, or a condition, which `front` answers.
_NOT_PLAIN: Final = {
    b"content-length", b"transfer-encoding", b"expect", b"upgrade", b"te", b"trailer",
    b"if-match", b"if-none-match", b"if-modified-since", b"if-unmodified-since", b"if-range", b"range",
}  # fmt: skip
# Each request has another value: remembering it would push out requests that come again.
_UNIQUE: Final = {
    b"x-request-id", b"x-correlation-id", b"request-id", b"traceparent", b"tracestate", b"baggage", b"b3",
    b"x-b3-traceid", b"x-b3-spanid", b"x-amzn-trace-id", b"x-cloud-trace-context", b"uber-trace-id",
    b"sentry-trace", b"x-datadog-trace-id", b"idempotency-key",
}  # fmt: skip
_BEFORE_ID: Final = b"%s: %s\r\n%s: " % (*NO_SNIFFING, HEADER)

Address = tuple[str, int] | None
Key = bytes | tuple[str, bytes]
Lines = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True, eq=False)
class Remembered:
    """A request that was answered from the cache. `client` is the client that a trusted proxy has named."""

    recipe: Recipe
    path: str
    headers: RawHeaders
    client: Address


def is_whole_get(data: bytes) -> bool:
    """Return whether these bytes are the head of one GET, and nothing else, and short enough to be kept."""
    return (
        len(data) <= MAX_REQUEST_BYTES
        and data.startswith(b"GET ")
        and data.find(_HEAD_END) == len(data) - len(_HEAD_END)
    )


def can_be_remembered(scope: HTTPScope) -> bool:
    """Return whether a request, whose bytes are a whole GET, has no headers that forbid to answer it by its bytes."""
    for name, value in cast("RawHeaders", scope["headers"]):
        if (
            name in _NOT_PLAIN
            or name in _UNIQUE
            or (name == b"connection" and value.lower() != b"keep-alive")
        ):
            return False
    return str(scope["http_version"]) == "1.1"


class DirectAnswers:
    """The remembered requests of a process. `is_proxied`: the client may be another one than the peer."""

    def __init__(
        self, store: RecipeStore, gate: Gate, observer: RequestObserver, *, is_proxied: bool
    ) -> None:
        self.store = store
        self.is_proxied = is_proxied
        self.answered = 0
        self._gate = gate
        self._observer = observer
        self._requests: Recent[Key, Remembered] = Recent(MAX_REQUESTS)

    def __len__(self) -> int:
        return len(self._requests)

    def find(self, key: Key) -> Remembered | None:
        return self._requests.get(key)

    def learn(self, key: Key, scope: HTTPScope) -> None:
        """Remember a request, if it was answered from the cache and may be answered by its bytes."""
        recipe = self.store.learn(scope)
        if recipe is not None and can_be_remembered(scope):
            client = scope["client"] if self.is_proxied else None
            headers = cast("RawHeaders", scope["headers"])
            self._requests.put(key, Remembered(recipe, scope["path"], headers, client))

    def answer(
        self, request: Remembered, prepared: Prepared, peer: Address, began: float, default: Lines
    ) -> bytes:
        """Return the bytes of the answer, after the gate has admitted the request, and record it.

        `began` is the moment of its arrival, `default` has the headers of every answer of the server.
        """
        client = request.client or peer
        request_id = begin_request([])
        log_scope: dict[str, Any] = {"path": request.path, "client": client, "state": {}}
        try:
            name = self._gate.admit("GET", request.path, request.headers, client[0] if client else "")
        except AppError as error:
            answer = refusal(error).to_answer()
        else:
            log_scope["state"] = {STATE_KEY: name}
            log_scope["path_template"] = request.recipe.route
            answer = prepared.plain()
            self.store.used(request.recipe)
        self.answered += 1
        self._observer.record(cast("HTTPScope", log_scope), "GET", answer.status, time.perf_counter() - began)
        return b"".join(
            (
                STATUS_LINE[answer.status],
                *[b"%s: %s\r\n" % line for line in default],
                answer.headers,
                _BEFORE_ID,
                request_id.encode(),
                _HEAD_END,
                answer.body,
            )
        )
