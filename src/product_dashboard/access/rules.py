"""The access that each request needs: it follows from the method, unless the handler declares another."""

from enum import StrEnum

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Access(StrEnum):
    """READ, WRITE and METRICS are the scopes of keys. PUBLIC and PROBE need no key."""

    READ = "read"
    WRITE = "write"
    METRICS = "metrics"
    PAGE = "page"
    """The scope READ; a browser may send the key as the password of HTTP Basic."""
    PUBLIC = "public"
    """No key; the host and the rate are checked."""
    PROBE = "probe"
    """Nothing is checked: orchestrators ask by address, and must not be refused."""


SCOPES = (Access.READ, Access.WRITE, Access.METRICS)


def scope_of(needed: Access) -> Access | None:
    """Return the scope that a key must have; None if no key is needed."""
    if needed is Access.PAGE:
        return Access.READ
    return needed if needed in SCOPES else None


def access_by_method(method: str) -> Access:
    return Access.READ if method in SAFE_METHODS else Access.WRITE
