"""Admission control: decides from its raw headers whether a request is let in. It does no input or output, and knows no
framework.

`AdmissionControl.admit` costs a few microseconds. `middleware` calls it before the application routes a request; code
that answers without routing calls it too.
"""

import time
from base64 import b64decode
from collections.abc import Callable, Mapping
from functools import lru_cache

from product_dashboard.access.content_type import RawHeaders, require_json
from product_dashboard.access.hosts import LONGEST_HOST, AllowedHosts
from product_dashboard.access.keys import Key
from product_dashboard.access.origins import Origin, is_cross_site
from product_dashboard.access.rate import Buckets, client_of_address, whole_seconds
from product_dashboard.access.rules import SAFE_METHODS, Access, access_by_method
from product_dashboard.errors import AppError, Code, RateLimited

ANONYMOUS = ""
BEARER_CHALLENGE = b"Bearer"  # RFC 6750
BASIC_CHALLENGE = b'Basic realm="product-dashboard", charset="UTF-8"'  # RFC 7617: a browser asks its user

_BEARER = b"bearer "
_BASIC = b"basic "
_MISSING = "Send an API key: Authorization: Bearer KEY."
_UNKNOWN = "This API key is not known."


class Unauthenticated(AppError):
    """No key was sent, or one that is not known. `challenge` is the value of WWW-Authenticate."""

    default_code = Code.UNAUTHENTICATED

    def __init__(self, message: str, needed: Access) -> None:
        super().__init__(message)
        self.challenge = BASIC_CHALLENGE if needed is Access.PAGE else BEARER_CHALLENGE


class AdmissionControl:
    """The rules of one process. `find_key` returns the key that a client has sent; None: no key is asked for."""

    def __init__(
        self,
        *,
        find_key: Callable[[bytes], Key | None] | None = None,
        hosts: AllowedHosts | None = None,
        origins: frozenset[Origin] = frozenset(),
        buckets: Buckets | None = None,
        declared: Mapping[str, Access] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._find_key = find_key
        # Cached here and not in AllowedHosts, which would compute its own hash at each call. Clients send few hosts.
        self._allows = None if hosts is None or hosts.any else lru_cache(maxsize=1024)(hosts.allows)
        self._origins = origins
        self._buckets = buckets
        self._declared = declared or {}
        self._clock = clock
        self._open = self._find_key is None and self._allows is None and self._buckets is None

    def admit(self, method: str, path: str, headers: RawHeaders, address: str) -> str:
        """Return the name of the key that the request was sent with, or ANONYMOUS.

        `path` is the decoded path, and the names of `headers` are in lower case, as in an ASGI scope; `address` is that
        of the client. Raises AppError for a request that must be refused.
        """
        needed = self._declared.get(path) or access_by_method(method)
        if needed is Access.PAGE and method not in SAFE_METHODS:
            needed = Access.WRITE
        if needed is Access.PROBE:
            return ANONYMOUS
        client = ANONYMOUS if self._open else self._identify(needed, headers, address)
        if method not in SAFE_METHODS:
            self._check_write(method, headers)
        return client

    def _identify(self, needed: Access, headers: RawHeaders, address: str) -> str:
        if self._allows is not None:
            self._check_host(headers)
        if self._find_key is None or needed is Access.PUBLIC:
            self._take(client_of_address(address))
            return ANONYMOUS
        presented = presented_key(headers)
        if not presented and needed is Access.PAGE:
            presented = password(headers)
        key = self._find_key(presented) if presented else None
        if key is None:
            self._take(client_of_address(address))  # also for keys that are tried
            raise Unauthenticated(_UNKNOWN if presented else _MISSING, needed)
        if self._buckets is not None:
            self._take(f"key {key.name}")  # a name may look like an address
        scope = Access.READ if needed is Access.PAGE else needed
        if scope not in key.scopes:
            raise AppError(
                f"This API key lacks the scope {scope}.",
                code=Code.FORBIDDEN,
                details=({"scope": scope.value},),
            )
        return key.name

    def _take(self, client: str) -> None:
        if self._buckets is not None and (wait_s := self._buckets.take(client, self._clock())):
            raise RateLimited(retry_after_s=whole_seconds(wait_s))

    def _check_host(self, headers: RawHeaders) -> None:
        host = _host(headers)
        # The length is checked here: nothing longer may get into the cache.
        if host is None or len(host) > LONGEST_HOST or self._allows is None or not self._allows(host):
            raise AppError(
                "The service does not answer for this host: see ALLOWED_HOSTS.", code=Code.MISDIRECTED
            )

    def _check_write(self, method: str, headers: RawHeaders) -> None:
        origins: list[bytes] = []
        sites: list[bytes] = []
        for name, value in headers:
            if name == b"origin":
                origins.append(value)
            elif name == b"sec-fetch-site":
                sites.append(value)
        if (origins or sites) and is_cross_site(
            host=_host(headers) or b"", origins=origins, fetch_sites=sites, allowed=self._origins
        ):
            raise AppError(
                "A page of another site may not send this request: see ALLOWED_ORIGINS.", code=Code.CROSS_SITE
            )
        require_json(method, headers)


def presented_key(headers: RawHeaders) -> bytes:
    """Return the key of `Authorization: Bearer KEY` or of `X-API-Key: KEY`; empty if there is none, or more than one.

    Another scheme in Authorization, as a proxy may need it, does not count.
    """
    found = b""
    for name, value in headers:
        if name == b"authorization":
            if value[: len(_BEARER)].lower() != _BEARER:
                continue
            key = value[len(_BEARER) :].strip()
        elif name == b"x-api-key":
            key = value.strip()
        else:
            continue
        if found and found != key:
            return b""
        found = key
    return found


def password(headers: RawHeaders) -> bytes:
    """Return the password of HTTP Basic, with any name of a user; empty if there is none, or more than one header.

    A browser adds it to each request, also to those of pages of other sites. So it must never allow a write.
    """
    found = [value for name, value in headers if name == b"authorization"]
    if len(found) != 1 or found[0][: len(_BASIC)].lower() != _BASIC:
        return b""
    try:
        return b64decode(found[0][len(_BASIC) :].strip(), validate=True).partition(b":")[2]
    except ValueError:
        return b""


def _host(headers: RawHeaders) -> bytes | None:
    for name, value in headers:
        if name == b"host":
            return value
    return None
