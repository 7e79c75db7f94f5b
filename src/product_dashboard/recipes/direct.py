"""The answers that the HTTP protocol sends by recipes, and the requests that it knows by all of their bytes."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, cast

from litestar.types import HTTPScope
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from product_dashboard.access.admission import AdmissionControl
from product_dashboard.access.client import STATE_KEY
from product_dashboard.access.content_type import RawHeaders
from product_dashboard.access.middleware import refusal
from product_dashboard.errors import AppError
from product_dashboard.idempotency.answer import StoredAnswer
from product_dashboard.observability.request_ids import HEADER, begin_request
from product_dashboard.observability.requests import NO_SNIFFING, RequestObserver
from product_dashboard.recipes.recent import Recent
from product_dashboard.recipes.recipe import Prepared, Recipe
from product_dashboard.recipes.store import RecipeStore

MAX_REQUESTS: Final = 4096
MAX_REQUEST_BYTES: Final = 2048

_HEAD_END: Final = b"\r\n\r\n"
# The request has a body, or expects more than an answer.
_MORE_THAN_A_GET: Final = {b"content-length", b"transfer-encoding", b"expect", b"upgrade"}
# Each request has another value: remembering it would push out requests that come again.
_UNIQUE: Final = {
    b"x-request-id", b"x-correlation-id", b"request-id", b"traceparent", b"tracestate", b"baggage", b"b3",
    b"x-b3-traceid", b"x-b3-spanid", b"x-amzn-trace-id", b"x-cloud-trace-context", b"uber-trace-id",
    b"sentry-trace", b"x-datadog-trace-id", b"idempotency-key", b"if-none-match",
}  # fmt: skip
_BEFORE_ID: Final = b"%s: %s\r\n%s: " % (*NO_SNIFFING, HEADER)
_CLOSE: Final = b"\r\nconnection: close\r\n\r\n"

Address = tuple[str, int] | None
"""Host and port of a client."""
Key = bytes | tuple[str, bytes]
Lines = list[tuple[bytes, bytes]]


@dataclass(slots=True, eq=False)
class Request:
    """A request that has a recipe. `client` is None if it is the peer of the connection."""

    recipe: Recipe
    method: str
    path: str
    headers: RawHeaders
    client: Address = None
    if_none_match: str | None = None


def is_plain(headers: RawHeaders) -> bool:
    """Return whether a GET or HEAD with these headers has no body, and expects only an answer."""
    return _MORE_THAN_A_GET.isdisjoint([name for name, _ in headers])


def is_whole_get(data: bytes) -> bool:
    """Return whether these bytes are the head of one GET, and nothing else, and short enough to be kept."""
    return (
        len(data) <= MAX_REQUEST_BYTES
        and data.startswith(b"GET ")
        and data.find(_HEAD_END) == len(data) - len(_HEAD_END)
    )


def may_come_again(headers: RawHeaders) -> bool:
    """Return whether no header has another value in each request, or says something about the connection."""
    names = [name for name, _ in headers]
    if not _UNIQUE.isdisjoint(names):
        return False
    return b"connection" not in names or all(
        value.lower() == b"keep-alive" for name, value in headers if name == b"connection"
    )


class DirectAnswers:
    """Makes answers, and remembers requests by their bytes. One for each process.

    `find_client` returns the client that a trusted proxy has named, or the peer; None: the peer is always the client.
    `shown_refusal` returns an error of admission control as it is answered to a path and headers; None: unchanged.
    """

    def __init__(
        self,
        store: RecipeStore,
        admission: AdmissionControl,
        observer: RequestObserver,
        find_client: Callable[[Address, RawHeaders], Address] | None = None,
        *,
        shown_refusal: Callable[[str, RawHeaders, StoredAnswer], StoredAnswer] | None = None,
    ) -> None:
        self.store = store
        self.find_client = find_client
        self._admission = admission
        self._shown_refusal = shown_refusal
        self._observer = observer
        self._requests: Recent[Key, Request] = Recent(MAX_REQUESTS)
        self._default: tuple[Lines, bytes] = [], b""

    def __len__(self) -> int:
        return len(self._requests)

    def find(self, key: Key) -> Request | None:
        return self._requests.get(key)

    def learn(self, key: Key | None, scope: HTTPScope) -> None:
        """Learn the recipe of a GET that was answered; remember its bytes, the key, if they may come again.

        Learns nothing from a request that was refused: clients without a key must not push out others.
        """
        if STATE_KEY not in scope["state"]:
            return
        recipe = self.store.learn(scope)
        headers = cast("RawHeaders", scope["headers"])
        if recipe is not None and key is not None and is_plain(headers) and may_come_again(headers):
            client = scope["client"] if self.find_client else None
            self._requests.put(key, Request(recipe, "GET", scope["path"], headers, client))

    def refusal(self, request: Request, peer: Address, state: dict[str, Any]) -> StoredAnswer | None:
        """Return the error for a request that admission control refuses.

        Otherwise puts its client into `state`, the state of its scope, as the middleware of `access` does.
        """
        address = request.client or peer
        try:
            state[STATE_KEY] = self._admission.admit(
                "GET", request.path, request.headers, address[0] if address else ""
            )
        except AppError as error:
            answer = refusal(error).to_answer()
            show = self._shown_refusal
            return show(request.path, request.headers, answer) if show else answer
        return None

    def answer(
        self,
        request: Request,
        answer: StoredAnswer | Prepared,
        peer: Address,
        began: float,
        default: Lines,
        *,
        keep_alive: bool,
        state: dict[str, Any],
    ) -> bytes:
        """Return the bytes of the answer, and record it: the error of admission control, or what the recipe makes.

        `began` is the moment of its arrival, `default` has the headers of every answer of the server, and `state` is
        that of `refusal`.
        """
        request_id = begin_request(request.headers)
        log_scope: dict[str, Any] = {"path": request.path, "client": request.client or peer, "state": state}
        if isinstance(answer, Prepared):
            log_scope["path_template"] = request.recipe.route
            answer = answer.answer(request.if_none_match)
            self.store.used(request.recipe)
        seconds = time.perf_counter() - began
        self._observer.record(cast("HTTPScope", log_scope), request.method, answer.status, seconds)
        return b"".join(
            (
                STATUS_LINE[answer.status],
                self._default_lines(default),
                answer.headers,
                _BEFORE_ID,
                request_id.encode(),
                _HEAD_END if keep_alive else _CLOSE,
                b"" if request.method == "HEAD" else answer.body,
            )
        )

    def _default_lines(self, default: Lines) -> bytes:
        known, lines = self._default
        if default is not known:  # uvicorn makes another list each second
            lines = b"".join([b"%s: %s\r\n" % line for line in default])
            self._default = default, lines
        return lines
