"""Answers: the envelope, and conditional answers. `errors` makes the answers to errors.

success  {"ok": true,  "data": ..., "meta": null | {...}, "error": null}
failure  {"ok": false, "data": null, "meta": null, "error": {"code", "message", "details"}}
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Annotated, Any, Generic, TypeVar, cast

from litestar import Litestar, Request, Response
from litestar.types import Receive, Scope, Send
from msgspec import Meta, Raw, Struct

from product_dashboard.cache import Answers, CachedAnswer, Entry, etag_of
from product_dashboard.errors import Code
from product_dashboard.idempotency.answer import StoredAnswer
from product_dashboard.web.paging import Listing, ListMeta
from product_dashboard.web.preconditions import names
from product_dashboard.web.representation import ENCODER

T = TypeVar("T")

BASE_PATH = "/api/v1"
JSON = b"application/json"
NO_STORE = (b"cache-control", b"no-store")
REVALIDATE = (b"cache-control", b"no-cache")
REPLAYED = (b"idempotency-replayed", b"true")

Headers = Iterable[tuple[bytes, bytes]]


class Envelope(Struct, Generic[T], frozen=True, forbid_unknown_fields=True):
    """A success."""

    ok: Annotated[bool, Meta(extra_json_schema={"const": True})]
    data: T
    meta: None
    error: None


class Page(Struct, Generic[T], frozen=True, forbid_unknown_fields=True):
    """A success with a part of a list."""

    ok: Annotated[bool, Meta(extra_json_schema={"const": True})]
    data: Sequence[T]
    meta: ListMeta
    error: None


_DETAIL = {"anyOf": [{"$ref": "#/components/schemas/FieldProblem"}, {"type": "object"}]}


class ErrorBody(Struct, frozen=True, forbid_unknown_fields=True):
    """`details` is empty, or has one object for each field or thing that the error is about.

    Where the service is traced, `details` of a 5xx end with an object that has the `trace_id`.
    """

    code: Code
    message: str
    details: tuple[Annotated[object, Meta(extra_json_schema=_DETAIL)], ...]


class Failure(Struct, frozen=True, forbid_unknown_fields=True):
    """An error."""

    ok: Annotated[bool, Meta(extra_json_schema={"const": False})]
    data: None
    meta: None
    error: ErrorBody


class Reply(Response[T]):
    """A complete answer: a `T` as the bytes that are sent, and their headers. It is its own ASGI application.

    The type parameter is for mypy and the document; the content is bytes. Litestar adds nothing to the answer, so its
    response headers, cookies, background tasks and type encoders have no effect on these handlers.
    """

    def __init__(
        self, body: bytes, *, status: int = 200, headers: Headers = (NO_STORE,), media_type: bytes = JSON
    ) -> None:
        super().__init__(cast("T", body), status_code=status)
        self._body = body
        self._status = status
        self._headers = complete(headers, status, body, media_type)

    def to_answer(self) -> StoredAnswer:
        """Return the answer to store, so that a retry of the request gets the same one."""
        lines = (b"%s: %s\r\n" % header for header in self._headers)
        return StoredAnswer(self._status, b"".join(lines), self._body)

    @classmethod
    def of_answer(cls, answer: StoredAnswer, *, is_replay: bool) -> "Reply[T]":
        """Make the reply from an answer that `to_answer` has returned. A replay has one header more."""
        reply = cls(answer.body, status=answer.status)
        names_and_values = (line.partition(b": ") for line in answer.headers.splitlines())
        reply._headers = [(name, value) for name, _, value in names_and_values]
        if is_replay:
            reply._headers.append(REPLAYED)
        return reply

    def to_asgi_response(self, app: Litestar | None, request: Request[Any, Any, Any], **_: Any) -> Any:
        """Return the answer itself. Nothing is added to it, which makes an answer cheap."""
        del app, request
        return self.answer

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the answer: an ASGI application."""
        del scope, receive
        await send({"type": "http.response.start", "status": self._status, "headers": self._headers})
        await send({"type": "http.response.body", "body": self._body, "more_body": False})


def complete(
    headers: Headers, status: int, body: bytes, media_type: bytes = JSON
) -> list[tuple[bytes, bytes]]:
    """Return the headers of an answer with those that describe its body."""
    if status == HTTPStatus.NOT_MODIFIED:
        return [*headers]
    return [*headers, (b"content-type", media_type), (b"content-length", b"%d" % len(body))]


class Tagged(Reply[T]):
    """An answer with the ETag of its resource."""


class Cached(Tagged[T]):
    """An answer of cached reads: it also has X-Cache and Age, and may be a 304.

    If all of it comes from stored bytes, `entries` names them, and `layout` makes the same answer of them again.
    """

    entries: tuple[Entry, ...] = ()
    layout: "Layout"

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the answer: an ASGI application. Its entries and its layout remain in the scope.

        The body does not: an idle connection keeps the scope of its last request.
        """
        if self.entries:
            scope["state"][_STORED_PARTS] = self.entries, self.layout
        await super().answer(scope, receive, send)


_STORED_PARTS = "stored_parts"


def stored_parts(scope: Scope) -> "tuple[tuple[Entry, ...], Layout] | None":
    """Return the entries and the layout of the answer to this request; None if not all of it was stored bytes."""
    found: tuple[tuple[Entry, ...], Layout] | None = scope["state"].get(_STORED_PARTS)
    return found


@dataclass(frozen=True, slots=True)
class Layout:
    """Makes one answer from the answers of cached reads.

    `join` makes one answer of several, and its headers, from the seconds that it took to have them; None: there is one.
    `headers` are added to each answer. From the moment `until` (seconds since 1970) on, the same request is answered
    from other entries.
    """

    envelop: Callable[[bytes], bytes]
    join: Callable[[Answers, float], tuple[CachedAnswer[Any], Headers]] | None = None
    media_type: bytes = JSON
    headers: tuple[tuple[bytes, bytes], ...] = ()
    until: float = math.inf

    def render(
        self, answers: Answers, if_none_match: str | None, took_s: float
    ) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        """Return status, headers and body: 200, or 304 if the client's If-None-Match names the ETag of the answer."""
        answer, headers = self.join(answers, took_s) if self.join else (answers[0], ())
        own = [
            _etag(answer.etag),
            (b"x-cache", answer.state.encode()),
            (b"age", b"%d" % answer.age),
            REVALIDATE,
            *self.headers,
            *headers,
        ]
        if if_none_match is not None and names(if_none_match, answer.etag):
            return HTTPStatus.NOT_MODIFIED, own, b""
        return HTTPStatus.OK, own, self.envelop(answer.body)

    def reply(self, answers: Answers, if_none_match: str | None, took_s: float = 0.0) -> Cached[Any]:
        """Make the answer of a handler."""
        status, headers, body = self.render(answers, if_none_match, took_s)
        reply: Cached[Any] = Cached(body, status=status, headers=headers, media_type=self.media_type)
        entries = tuple([each.entry for each in answers if each.entry is not None])
        if len(entries) == len(answers):
            reply.entries = entries
        reply.layout = self
        return reply


def ok(data: T) -> Reply[Envelope[T]]:
    """Answer 200 with `data`. Decimals must already have two decimals."""
    return Reply(_enveloped(data))


def created(data: T, *, location: str) -> Reply[Envelope[T]]:
    """Answer 201 with what was created, its path and its ETag."""
    body = ENCODER.encode(data)
    headers = (NO_STORE, _etag(etag_of(body)), (b"location", location.encode()))
    return Reply(_enveloped(Raw(body)), status=201, headers=headers)


def changed(data: T) -> Tagged[Envelope[T]]:
    """Answer 200 with what a PUT or a PATCH made of a resource, and its new ETag."""
    body = ENCODER.encode(data)
    return Tagged(_enveloped(Raw(body)), headers=(NO_STORE, _etag(etag_of(body))))


def from_cache(
    answer: CachedAnswer[T], if_none_match: str | None, until: float = math.inf
) -> Cached[Envelope[T]]:
    """Answer 200 with what a cached read gave, or 304 if the client's If-None-Match names it.

    `until` is as in `Layout`.
    """
    layout = _ENVELOPE if until == math.inf else replace(_ENVELOPE, until=until)
    return layout.reply((answer,), if_none_match)


def page_from_cache(answer: CachedAnswer[Listing[T]], if_none_match: str | None) -> Cached[Page[T]]:
    """Answer 200 with the page that a cached read gave, or 304 if the client's If-None-Match names it."""
    return _PAGE.reply((answer,), if_none_match)


def _etag(etag: str) -> tuple[bytes, bytes]:
    return b"etag", etag.encode()


def _enveloped(data: object) -> bytes:
    return ENCODER.encode(Envelope(ok=True, data=data, meta=None, error=None))


_BEFORE_DATA, _AFTER_DATA = _enveloped(Raw(b"0")).split(b"0")


def _wrapped(data: bytes) -> bytes:
    """Encode an `Envelope` from its encoded data."""
    return b"%s%s%s" % (_BEFORE_DATA, data, _AFTER_DATA)


def _paged(listing: bytes) -> bytes:
    """Encode a `Page` from an encoded `Listing`, whose two fields are between its braces."""
    return b'{"ok":true,%s,"error":null}' % listing[1:-1]


_ENVELOPE = Layout(_wrapped)
_PAGE = Layout(_paged)


def joined(join: Callable[[Answers, float], tuple[CachedAnswer[T], Headers]]) -> Layout:
    """Return the layout of an answer that is made of several cached reads."""
    return Layout(_wrapped, join)
