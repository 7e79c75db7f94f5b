"""The access that each request needs: it follows from the method, unless the handler declares another."""

from enum import StrEnum

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Access(StrEnum):
    """READ, WRITE and METRICS are the scopes of keys. The other two need no key."""

    READ = "read"
    WRITE = "write"
    METRICS = "metrics"
    PUBLIC = "public"
    """No key; the host and the rate are checked."""
    PROBE = "probe"
    """Nothing is checked: orchestrators ask by address, and must not be refused."""


SCOPES = (Access.READ, Access.WRITE, Access.METRICS)


def access_by_method(method: str) -> Access:
    return Access.READ if method in SAFE_METHODS else Access.WRITE
