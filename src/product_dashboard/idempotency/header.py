"""The header Idempotency-Key of a request that creates something.

A handler declares `idempotent: Idempotent`, and answers with `idempotent.reply(...)`.
"""

import hashlib
import re
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeAlias, TypeVar

import msgspec
from litestar.di import NamedDependency
from litestar.params import HeaderParameter

from product_dashboard.access.client import client_of
from product_dashboard.errors import BadRequest, FieldProblem
from product_dashboard.idempotency.once import Key, Once, write_once
from product_dashboard.resources import Resources
from product_dashboard.web.envelope import Envelope, Reply
from product_dashboard.web.request import ApiRequest, Injected
from product_dashboard.web.validation import shown

T = TypeVar("T")

HEADER = "Idempotency-Key"
RULE = "must be one header of 1 to 255 visible ASCII characters, bare or as a quoted string"
# A bare text does not begin with a quotation mark. In a quoted string (RFC 8941) a backslash escapes it and itself.
PATTERN = r'^(?:[!#-~][!-~]{0,254}|"(?:[!#-\[\]-~]|\\["\\]){1,255}")$'

KeyHeader: TypeAlias = Annotated[
    str | None,
    HeaderParameter(
        name=HEADER,
        description="Makes a retry safe: send a new random text with each request, and the same text with its retries.",
        schema_extra={"pattern": PATTERN},
    ),
]


class IdempotentWrite:
    """Carries out the write of one request, and answers it."""

    def __init__(self, request: ApiRequest, resources: Resources, key: str | None) -> None:
        self._request = request
        self._resources = resources
        self._key = key

    async def reply(
        self, write: Callable[[Once[T]], Awaitable[T]], reply: Callable[[T], Reply[Envelope[T]]]
    ) -> Reply[Envelope[T]]:
        """Call `write`, and answer with `reply` of its result; or send the stored answer again.

        Raises the errors of `write_once`.
        """
        if self._key is None:
            return reply(await write(Once()))
        answer, is_replay = await write_once(
            self._resources.database,
            Key(self._id(self._key), _digest(await self._request.body())),
            write,
            lambda result: reply(result).to_answer(),
        )
        return Reply[Envelope[T]].of_answer(answer, is_replay=is_replay)

    def _id(self, key: str) -> bytes:
        """Return the digest of the key and its scope: the same key on another path is another one."""
        scope = self._request.scope
        # The spellings of one path: with a slash at the end, and a UUID in capitals or without hyphens.
        path = scope["path"].rstrip("/").lower().replace("-", "")
        return _digest(msgspec.json.encode([client_of(scope), scope["method"], path, key]))


Idempotent: TypeAlias = NamedDependency[IdempotentWrite]
"""`idempotent: Idempotent`: the header is read, and documented."""


def read_key(request: ApiRequest, resources: Injected, idempotency_key: KeyHeader = None) -> IdempotentWrite:
    """Read the header. Raises `BadRequest`.

    It depends on `resources` for the reason in resources.py.
    """
    key = None if idempotency_key is None else _key_of(request)
    return IdempotentWrite(request, resources, key)


def _key_of(request: ApiRequest) -> str:
    """Return the text of the header. A quoted string is the same key as its text. Raises `BadRequest`."""
    name = HEADER.lower().encode()
    values = [value.decode("latin-1") for header, value in request.scope["headers"] if header == name]
    if len(values) != 1 or not re.fullmatch(PATTERN, values[0]):
        raise BadRequest.of([FieldProblem(HEADER, RULE, shown(", ".join(values)))])
    text = values[0]
    return re.sub(r"\\(.)", r"\1", text[1:-1]) if text.startswith('"') else text


def _digest(data: bytes) -> bytes:
    """Return a digest of 32 bytes.

    The fingerprint of a request is the digest of its raw body. A digest of the decoded body would depend on the
    version of the service that decodes it, and a retry often meets another version: a deployment is a reason to retry.
    """
    return hashlib.sha256(data).digest()
