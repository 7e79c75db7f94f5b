"""The rate limit: a token bucket for each client, in this process.

A bucket holds `burst` tokens and is refilled at a constant rate; a request takes one token. It is stored as one number,
the time at which it will be full again (the generic cell rate algorithm, which equals a token bucket). Each worker has
its own buckets with its part of the tokens, so that no request waits for another process or for Redis.

The package `limits` has no token bucket, and no bound on the clients that its storage in memory keeps. Litestar's
limiter keeps a list of times for each client, encodes it again at each request, and runs after routing.
"""

import ipaddress
import math
import re
from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache

MAX_BUCKETS = 10_000

_RATE = re.compile(r"([1-9][0-9]{0,8})/(s|m|h)")
_SECONDS = {"s": 1, "m": 60, "h": 3600}


@dataclass(frozen=True, slots=True)
class Rate:
    """A number of requests in a number of seconds."""

    requests: int
    seconds: int


def parse_rate(text: str) -> Rate:
    """Parse `100/s`, `600/m` or `5000/h`. Raises ValueError."""
    found = _RATE.fullmatch(text.strip())
    if not found:
        raise ValueError(text)
    return Rate(int(found[1]), _SECONDS[found[2]])


class Buckets:
    """The buckets of one worker, at most `MAX_BUCKETS`; the bucket that was used least recently makes room.

    A removed bucket is full when its client comes again: many clients at once weaken the limit, and cost no memory.
    """

    def __init__(self, rate: Rate, *, burst: int, workers: int = 1) -> None:
        """Take a `workers`-th part of the rate and of the burst. A burst of 0 is the number of requests of the rate."""
        self._interval_s = rate.seconds * workers / rate.requests
        tokens = max(1.0, (burst or rate.requests) / workers)
        self._tolerance_s = (tokens - 1) * self._interval_s
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def __len__(self) -> int:
        return len(self._full_at)

    def take(self, client: str, now: float) -> float:
        """Take a token of the client's bucket; return 0, or the seconds to wait if the bucket is empty.

        `now` is a monotonic time in seconds.
        """
        buckets = self._full_at
        full_at = max(buckets.get(client, now), now)
        wait_s = full_at - now - self._tolerance_s
        empty = wait_s > 1e-9  # noqa: PLR2004 - rounding of times, far below any interval
        buckets[client] = full_at if empty else full_at + self._interval_s
        buckets.move_to_end(client)
        if empty:
            return wait_s
        if len(buckets) > MAX_BUCKETS:
            buckets.popitem(last=False)
        return 0.0


def whole_seconds(wait_s: float) -> int:
    """Round up, for Retry-After: a client that waits so long is not refused again."""
    return max(1, math.ceil(wait_s))


def client_of_address(address: str) -> str:
    """Return the client that an address belongs to: an IPv4 address itself, the /64 network of an IPv6 address.

    One subscriber has at least a /64, and could take another of its addresses for each request.
    """
    return _network(address) if ":" in address else address


@lru_cache(maxsize=4096)
def _network(address: str) -> str:
    try:
        parsed = ipaddress.IPv6Address(address)
    except ValueError:
        return address  # not an address: a Unix socket, or a proxy's own name for a client
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(parsed), 64), strict=False))
