"""The requests of one connection that are answered by recipes, from their arrival to their answers."""

import time
from typing import Protocol, cast

import structlog
from litestar.types import HTTPScope
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle
from uvicorn.server import ServerState

from product_dashboard.access.content_type import RawHeaders
from product_dashboard.observability.metrics import REQUESTS_RUNNING
from product_dashboard.observability.requests import ARRIVED
from product_dashboard.preconditions import combine_lines
from product_dashboard.recipes.direct import (
    MAX_REQUEST_BYTES,
    Address,
    DirectAnswers,
    Key,
    Request,
    is_plain,
)
from product_dashboard.recipes.recipe import Prepared

log = structlog.stdlib.get_logger()


class Owner(Protocol):
    """The HTTP protocol of the connection."""

    server_state: ServerState
    client: Address

    def may_answer_directly(self) -> bool:
        """Return whether the connection is between two messages, and may be used for a direct answer."""
        ...

    def must_close(self) -> bool:
        """Return whether the next answer has to close the connection."""
        ...

    def send_direct(self, answer: bytes) -> None:
        """Send the answer to a request that was not parsed. The connection stays open."""

    def send_of(self, cycle: RequestResponseCycle, answer: bytes) -> None:
        """Send the answer to a request that was parsed, and end its cycle."""

    def resume_ordinary(self, more: bytes = b"") -> None:
        """Take the request back with `take_back`, and parse it, and then `more`."""

    def start_ordinary(self, cycle: RequestResponseCycle, app: ASGI3Application, arrived: float) -> None:
        """Let the application answer a request that arrived earlier."""


class DirectConnection:
    """At most one request at a time: the parser gets it as soon as the client sends more."""

    __slots__ = ("_began", "_data", "_direct", "_owner", "_peer", "_turn")

    def __init__(self, direct: DirectAnswers, owner: Owner) -> None:
        self._direct = direct
        self._owner = owner
        self._peer = owner.client[0] if direct.find_client and owner.client else None
        self._data: bytes | None = None
        self._began = 0.0
        self._turn = 0  # tells the answer to a request that was taken back from the answer to its successor

    def learn(self, data: bytes | None, scope: HTTPScope) -> None:
        """Learn from a GET that was answered; `data` has its bytes if it came alone and in one piece."""
        self._direct.learn(None if data is None else self._key(data), scope)

    # --- B: requests that are known by their bytes

    @property
    def busy(self) -> bool:
        """True from the arrival of such a request to its answer."""
        return self._data is not None

    def begin(self, data: bytes) -> bool:
        """Begin to answer `data` if it is a remembered request; return False otherwise."""
        if len(data) > MAX_REQUEST_BYTES:
            return False
        request = self._direct.find(self._key(data))
        if request is None or not self._owner.may_answer_directly():
            return False
        self._data = data
        self._began = time.perf_counter()
        self._turn += 1
        turn = self._turn
        REQUESTS_RUNNING.inc()
        self._direct.store.prepare(request.recipe, lambda prepared: self._arrived(turn, request, prepared))
        return True

    def take_back(self) -> tuple[bytes, float]:
        """Give up the answer; return the bytes of the request and the moment of its arrival (`time.perf_counter`)."""
        data, self._data = self._data, None
        REQUESTS_RUNNING.dec()
        return data or b"", self._began

    def _key(self, data: bytes) -> Key:
        return data if self._peer is None else (self._peer, data)

    def _arrived(self, turn: int, request: Request, prepared: Prepared | None) -> None:
        if turn != self._turn or self._data is None:
            return
        owner = self._owner
        if prepared is None or owner.must_close():
            owner.resume_ordinary()
            return
        answer = self._answer(request, prepared, self._began, keep_alive=True)
        if answer is None:
            owner.resume_ordinary()
            return
        self._data = None
        self._direct.by_bytes += 1
        REQUESTS_RUNNING.dec()
        owner.send_direct(answer)

    # --- A: requests whose target is known

    def begin_parsed(self, cycle: RequestResponseCycle, app: ASGI3Application) -> bool:
        """Begin to answer a request whose headers have arrived, if its target has a recipe; False otherwise."""
        scope = cast("HTTPScope", cycle.scope)
        if scope["method"] not in ("GET", "HEAD") or ARRIVED in scope["state"]:
            return False  # with ARRIVED, it was tried by its bytes
        recipe = self._direct.store.find(scope)
        headers = cast("RawHeaders", scope["headers"])
        if recipe is None or not is_plain(headers):
            return False
        if self._direct.find_client is not None:
            scope["client"] = self._direct.find_client(self._owner.client, headers)
        request = Request(
            recipe, scope["method"], scope["path"], headers, scope["client"], _if_none_match(headers)
        )
        began = time.perf_counter()
        REQUESTS_RUNNING.inc()

        def arrived(prepared: Prepared | None) -> None:
            REQUESTS_RUNNING.dec()
            answer = None
            if prepared is not None:
                answer = self._answer(request, prepared, began, keep_alive=cycle.keep_alive)
            if answer is None:
                self._owner.start_ordinary(cycle, app, began)
            else:
                self._direct.by_target += 1
                self._owner.send_of(cycle, answer)

        self._direct.store.prepare(recipe, arrived)
        return True

    # --- internals

    def _answer(
        self, request: Request, prepared: Prepared, began: float, *, keep_alive: bool
    ) -> bytes | None:
        """Return the answer; None after a fault, which must not fail the other requests of this turn."""
        default = self._owner.server_state.default_headers
        try:
            return self._direct.answer(
                request, prepared, self._owner.client, began, default, keep_alive=keep_alive
            )
        except Exception:
            log.exception("request.not_answered_directly", path=request.path)
            return None


def _if_none_match(headers: RawHeaders) -> str | None:
    """Return the header as a handler gets it."""
    if b"if-none-match" not in [name for name, _ in headers]:
        return None
    return next(value for name, value in combine_lines(headers) if name == b"if-none-match").decode("latin-1")
