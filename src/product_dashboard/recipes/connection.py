"""The request of one connection that is answered by a recipe, from its arrival to its answer."""

import time
from typing import Protocol

import structlog
from litestar.types import HTTPScope
from uvicorn.server import ServerState

from product_dashboard.observability.metrics import REQUESTS_RUNNING
from product_dashboard.recipes.direct import MAX_REQUEST_BYTES, Address, DirectAnswers, Key, Remembered
from product_dashboard.recipes.recipe import Prepared

log = structlog.stdlib.get_logger()


class Owner(Protocol):
    """The HTTP protocol of the connection."""

    server_state: ServerState
    client: Address

    def send_direct(self, answer: bytes) -> None:
        """Send a complete answer, after which the connection stays open."""

    def resume_ordinary(self, more: bytes = b"") -> None:
        """Take the request back with `take_back`, and parse it, and then `more`."""

    def may_answer_directly(self) -> bool:
        """Return whether the connection may be used for a direct answer, and is between two messages."""


class DirectConnection:
    """At most one request at a time: it is taken back as soon as the client sends more."""

    __slots__ = ("_began", "_data", "_direct", "_owner", "_peer", "_turn")

    def __init__(self, direct: DirectAnswers, owner: Owner) -> None:
        self._direct = direct
        self._owner = owner
        self._peer = owner.client[0] if direct.is_proxied and owner.client else None
        self._data: bytes | None = None
        self._began = 0.0
        self._turn = 0  # tells the answer to a request that was taken back from the answer to its successor

    @property
    def busy(self) -> bool:
        """True from the arrival of a request to its answer."""
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

    def learn(self, data: bytes, scope: HTTPScope) -> None:
        """Remember the request of these bytes, which the ordinary way has just answered."""
        self._direct.learn(self._key(data), scope)

    # -- internals

    def _key(self, data: bytes) -> Key:
        return data if self._peer is None else (self._peer, data)

    def _arrived(self, turn: int, request: Remembered, prepared: Prepared | None) -> None:
        if turn != self._turn or self._data is None:
            return
        owner = self._owner
        if prepared is None or not owner.may_answer_directly():
            owner.resume_ordinary()
            return
        try:
            answer = self._direct.answer(
                request, prepared, owner.client, self._began, owner.server_state.default_headers
            )
        except Exception:
            # A fault here must not fail the other requests of this turn.
            log.exception("request.not_answered_directly", path=request.path)
            owner.resume_ordinary()
            return
        self._data = None
        REQUESTS_RUNNING.dec()
        owner.send_direct(answer)
