"""How the cache behaves; every duration in seconds."""

from dataclasses import dataclass

_DURATIONS = ("timeout", "trust", "lease", "fence", "load_timeout", "close_timeout")


@dataclass(frozen=True, slots=True)
class CacheOptions:
    """Defaults suit a service whose database answers within a second or so.

    `prefix`         in front of every key and channel
    `timeout`        a read waits no longer than this for Redis, all in all
    `trust`          how long one look at the epoch row is believed; a write without Redis waits it out once
    `lease`          a loader that stops renewing is replaced after this
    `fence`          after this a fence is suspected to be a dead writer's; the database then decides
    `waiting_writers`  how many writers that Redis left in their transactions may keep their connections and wait
                     for `trust`; the others are refused
    `load_timeout`   a load that takes longer is given up
    `close_timeout`  how long closing waits for running loads
    `reads`          off: every read loads for itself, while writes invalidate as ever for the other processes
    `local_entries`  answers kept in the process's own memory, as strictly; 0 is off
    """

    prefix: str = "pd"
    timeout: float = 0.25
    trust: float = 2.0
    lease: float = 0.8
    fence: float = 0.25
    waiting_writers: int = 2
    load_timeout: float = 30.0
    close_timeout: float = 5.0
    reads: bool = True
    local_entries: int = 0

    def __post_init__(self) -> None:
        for name in _DURATIONS:
            if getattr(self, name) <= 0:
                raise ValueError(f"cache option {name} must be positive, not {getattr(self, name)}")
        if not self.prefix.isidentifier():
            raise ValueError(f"cache option prefix must be a plain word, not {self.prefix!r}")
