"""The HTTP protocol with recipes: which requests are answered by one, from their arrival to their answers.

Admission control decides first. A request that it refuses is answered at once; Redis is asked about the others.
A request that is known by its bytes is kept until Redis has answered, and not parsed. It is taken back, and goes the
ordinary way, if the client sends more before its answer, if the server ends, or if it cannot be answered from Redis.
A request whose target is known has been parsed: its cycle, uvicorn's object for one request, waits for Redis.
"""

import time
from asyncio import Transport
from typing import Any, Final, Literal, cast

import structlog
from litestar.types import HTTPScope
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from product_dashboard.access.content_type import RawHeaders
from product_dashboard.idempotency.answer import StoredAnswer
from product_dashboard.observability.metrics import ANSWERED_BY_BYTES, ANSWERED_BY_TARGET, REQUESTS_RUNNING
from product_dashboard.observability.requests import ARRIVED
from product_dashboard.recipes.direct import (
    MAX_REQUEST_BYTES,
    DirectAnswers,
    Key,
    Request,
    is_plain,
    is_whole_get,
)
from product_dashboard.recipes.recipe import Prepared
from product_dashboard.web.one_write import send_whole
from product_dashboard.web.preconditions import combine_lines
from product_dashboard.web.protocol import HardenedProtocol

log = structlog.stdlib.get_logger()

TIMER_ROUNDING_S: Final = 0.005  # the event loop's clock has milliseconds


class RecipeProtocol(HardenedProtocol):
    """One connection of a client. It keeps at most one request that is not parsed."""

    def __init__(self, *arguments: Any, direct: DirectAnswers, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._direct = direct
        self._peer: str | None = None  # part of a key, if the client may be another one than the peer
        self._kept: bytes | None = None
        self._kept_state: dict[str, Any] = {}  # of its scope, if it is parsed
        self._turn = 0  # tells the answer to a request that was taken back from the answer to its successor
        # The request that runs, if one piece had this request and nothing else.
        self._whole_get: bytes | None = None
        # The state of the next request to be parsed, if it was kept.
        self._taken_back: dict[str, Any] | None = None
        self._idle_since = 0.0

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        if self._direct.find_client is not None and self.client is not None:
            self._peer = self.client[0]

    # --- requests that are known by their bytes

    def data_received(self, data: bytes) -> None:
        if self._kept is not None:
            self._take_back(data)
        elif not self._keep(data):
            self._whole_get = data if is_whole_get(data) and self._is_between_messages() else None
            super().data_received(data)

    def _keep(self, data: bytes) -> bool:
        """Begin to answer `data` if it is a request that is known by its bytes; return False otherwise."""
        if len(data) > MAX_REQUEST_BYTES:
            return False
        request = self._direct.find(self._key(data))
        if request is None or not self._is_between_messages() or self._must_close() or self._buffered():
            return False
        state: dict[str, Any] = {ARRIVED: time.perf_counter()}
        verdict = self._ask_admission(request, state)
        if verdict == "failed":
            return False
        self._disarm_read_timer()
        if verdict != "admitted":
            return self._send_known(self._made(request, verdict, state, keep_alive=True))
        self._kept = data
        self._kept_state = state
        self._turn += 1
        turn = self._turn
        REQUESTS_RUNNING.inc()
        self._direct.store.prepare(
            request.recipe, lambda prepared: self._answer_kept(turn, request, prepared)
        )
        return True

    def _key(self, data: bytes) -> Key:
        return data if self._peer is None else (self._peer, data)

    def _buffered(self) -> int:
        """Return the number of bytes that wait for the client."""
        return self.transport.get_write_buffer_size()

    def _answer_kept(self, turn: int, request: Request, prepared: Prepared | None) -> None:
        if self._kept is None or turn != self._turn:
            return
        answer = None
        if prepared is not None and not self._must_close():
            answer = self._made(request, prepared, self._kept_state, keep_alive=True)
        if answer is None:
            self._take_back()
            return
        self._kept = None
        REQUESTS_RUNNING.dec()
        self._send_known(answer)

    def _send_known(self, answer: bytes | None) -> bool:
        """Send the answer to a request that was not parsed; return False if there is none."""
        if answer is None:
            return False
        ANSWERED_BY_BYTES.inc()
        self.server_state.total_requests += 1
        if not self.transport.is_closing():
            self.transport.write(answer)
            self._await_next()
        return True

    def _await_next(self) -> None:
        self._heard = False
        self._idle_since = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self._arm_idle_timer(self.timeout_keep_alive)
        if self._buffered():
            self._arm_write_timer()

    def _take_back(self, more: bytes = b"") -> None:
        """Parse the kept request, and then `more`. It keeps the moment of its arrival, and its client."""
        data, self._kept = self._kept, None
        REQUESTS_RUNNING.dec()
        if data is not None and not self.transport.is_closing():  # there is no parser after the end
            self._taken_back = self._kept_state
            self._whole_get = None if more else data
            super().data_received(data + more)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._taken_back is not None:
            _state_of(self.scope).update(self._taken_back)
            self._taken_back = None

    # --- requests whose target is known

    def _answer(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        if not self._answer_by_target(cycle, app):
            super()._answer(cycle, app)

    def _known_by_target(self, scope: HTTPScope) -> Request | None:
        """Return the request with its recipe; None if it has none, or cannot be answered by one now."""
        if scope["method"] not in ("GET", "HEAD") or ARRIVED in scope["state"]:
            return None  # with ARRIVED, it was kept, and could not be answered
        headers = cast("RawHeaders", scope["headers"])
        recipe = self._direct.store.find(scope)
        if recipe is None or not is_plain(headers) or self._buffered():
            return None
        if self._direct.find_client is not None:
            scope["client"] = self._direct.find_client(self.client, headers)
        condition = _if_none_match(headers)
        return Request(recipe, scope["method"], scope["path"], headers, scope["client"], condition)

    def _answer_by_target(self, cycle: RequestResponseCycle, app: ASGI3Application) -> bool:
        """Begin to answer a request whose headers have arrived, if its target has a recipe; False otherwise."""
        request = self._known_by_target(cast("HTTPScope", cycle.scope))
        if request is None:
            return False
        state = _state_of(cycle.scope)
        state[ARRIVED] = time.perf_counter()
        verdict = self._ask_admission(request, state)
        if verdict == "failed":
            return False
        REQUESTS_RUNNING.inc()
        ordinary = super()._answer

        def arrived(found: Prepared | StoredAnswer | None) -> None:
            REQUESTS_RUNNING.dec()
            answer = None
            if found is not None:
                answer = self._made(request, found, state, keep_alive=cycle.keep_alive)
            if answer is not None:
                ANSWERED_BY_TARGET.inc()
                if not cycle.disconnected:
                    send_whole(cycle, answer)
            elif not cycle.disconnected:
                ordinary(cycle, app)

        if verdict == "admitted":
            self._direct.store.prepare(request.recipe, arrived)
        else:
            self.loop.call_soon(arrived, verdict)  # its headers are still being parsed
        return True

    # --- both

    def _ask_admission(
        self, request: Request, state: dict[str, Any]
    ) -> StoredAnswer | Literal["admitted", "failed"]:
        """Return the error if admission control refuses the request; "failed" after a fault, which is logged."""
        try:
            return self._direct.refusal(request, self.client, state) or "admitted"
        except Exception:
            log.exception("request.not_answered_directly", path=request.path)
            return "failed"

    def _made(
        self, request: Request, answer: Prepared | StoredAnswer, state: dict[str, Any], *, keep_alive: bool
    ) -> bytes | None:
        """Return the answer; None after a fault, which must not fail the other requests of this turn."""
        headers = self.server_state.default_headers
        try:
            return self._direct.answer(
                request, answer, self.client, state[ARRIVED], headers, keep_alive=keep_alive, state=state
            )
        except Exception:
            log.exception("request.not_answered_directly", path=request.path)
            return None

    def on_response_complete(self) -> None:
        """Learn from a GET that was answered."""
        data, self._whole_get = self._whole_get, None
        running = self._running
        if running is not None and running.scope["method"] == "GET":
            key = self._key(data) if data is not None and running.keep_alive else None
            self._direct.learn(key, cast("HTTPScope", running.scope))
        super().on_response_complete()

    def timeout_keep_alive_handler(self) -> None:
        # Answers to kept requests do not arm the timer again: it looks itself when the last one was.
        idle_s = 0.0 if self._kept is not None else self.loop.time() - self._idle_since
        if self.timeout_keep_alive - idle_s > TIMER_ROUNDING_S:
            self._arm_idle_timer(self.timeout_keep_alive - idle_s)
        else:
            super().timeout_keep_alive_handler()

    def _arm_idle_timer(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(seconds, self.timeout_keep_alive_handler)

    def shutdown(self) -> None:
        if self._kept is not None:
            self._take_back()  # its answer closes the connection
        super().shutdown()


def _if_none_match(headers: RawHeaders) -> str | None:
    """Return the header as a handler gets it."""
    if b"if-none-match" not in [name for name, _ in headers]:
        return None
    return next(value for name, value in combine_lines(headers) if name == b"if-none-match").decode("latin-1")


def _state_of(scope: Any) -> dict[str, Any]:
    """Return the state of a request, which uvicorn always sets, although its type does not say so."""
    state: dict[str, Any] = scope["state"]
    return state
