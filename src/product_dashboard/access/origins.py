"""Requests that a browser sends on behalf of another site's page (cross-site request forgery).

A page of another site can make a browser send a POST to this service, also to one that listens on the user's own
machine only. The browser says so in Sec-Fetch-Site and in Origin, which pages cannot change. Programs that are no
browsers send neither of them.
"""

import re
from functools import lru_cache

from product_dashboard.access.hosts import LONGEST_HOST, split_host

_ORIGIN = re.compile(r"(https?)://([^/?#@\s]+)")
_DEFAULT_PORTS = {"http": "80", "https": "443"}
_LONGEST_ORIGIN = len("https://") + LONGEST_HOST
_OWN_SITE = (b"same-origin", b"none")  # "none": the user did it, by an address typed or a bookmark

Origin = tuple[str, str, str]
"""Scheme, host and port."""


def parse_origin(text: str) -> Origin | None:
    """Return `https://Shop.example.org` as ("https", "shop.example.org", "443"); None if the text is no origin.

    `null`, which browsers send for pages without an origin, is none.
    """
    found = _ORIGIN.fullmatch(text)
    place = split_host(found[2]) if found else None
    if found is None or place is None:
        return None
    return found[1], place[0], place[1] or _DEFAULT_PORTS[found[1]]


def parse_origins(text: str) -> frozenset[Origin]:
    """Parse ALLOWED_ORIGINS, which are separated by commas. Raises ValueError."""
    origins: set[Origin] = set()
    for entry in text.split(","):
        if not entry.strip():
            continue
        origin = parse_origin(entry.strip())
        if origin is None:
            raise ValueError(entry)
        origins.add(origin)
    return frozenset(origins)


def is_cross_site(
    *, host: bytes, origins: list[bytes], fetch_sites: list[bytes], allowed: frozenset[Origin]
) -> bool:
    """True if a browser sent the request for a page of another site, and `allowed` does not have the page's origin.

    `origins` and `fetch_sites` are the values of the Origin and Sec-Fetch-Site headers. An origin is the service's own
    if its host and port are those of `host`; schemes are not compared, because TLS may end at a proxy.
    """
    if allowed and len(origins) == 1 and parse_origin(origins[0].decode("latin-1")) in allowed:
        return False
    if any(each not in _OWN_SITE for each in fetch_sites):
        return True
    return not all(
        len(each) <= _LONGEST_ORIGIN and len(host) <= LONGEST_HOST and _is_own(each, host) for each in origins
    )


@lru_cache(maxsize=1024)  # clients of one service send few pairs; the caller bounds their length
def _is_own(origin: bytes, host: bytes) -> bool:
    parsed, own = parse_origin(origin.decode("latin-1")), split_host(host.decode("latin-1"))
    if parsed is None or own is None:
        return False
    scheme, name, port = parsed
    return own[0] == name and (own[1] or _DEFAULT_PORTS[scheme]) == port
