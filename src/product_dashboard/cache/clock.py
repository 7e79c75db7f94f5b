"""The clock that leases are measured with."""

import time
from functools import partial

# CLOCK_MONOTONIC stands still while a machine sleeps: a lease would outlive its time. The loop's own
# time() is only as fresh as the last turn of the loop, which is too old after a long callback.
_CLOCK: int = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)

# Seconds since some fixed point, also counted while the machine sleeps. A partial, because each hit asks it.
now = partial(time.clock_gettime, _CLOCK)


def wall_ms() -> int:
    """Milliseconds since 1970, for what is shown to people: never used to decide what is fresh."""
    return time.time_ns() // 1_000_000
