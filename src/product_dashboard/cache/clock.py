"""The clocks of the cache."""

import time
from functools import partial

# CLOCK_MONOTONIC stops while a machine sleeps, so that a lease would last too long. The time() of the event loop
# is as old as the current turn of the loop, which is too old after a long callback.
_CLOCK: int = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)

# Return seconds since a fixed point, counted while the machine sleeps, too. A partial, because each hit calls it.
now = partial(time.clock_gettime, _CLOCK)


def wall_ms() -> int:
    """Return milliseconds since 1970, to show the age of an answer. Never used to decide what is fresh."""
    return time.time_ns() // 1_000_000
