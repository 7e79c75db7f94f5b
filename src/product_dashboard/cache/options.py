"""The options of the cache. Every duration is in seconds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CacheOptions:
    """The defaults suit a service whose database answers within a second.

    `prefix`         begins the name of every key and channel
    `timeout`        a read waits no longer than this for Redis, all in all
    `belief`         how long one look at the epoch row is believed; a write without Redis waits so long, once
    `lease`          a loader that stops renewing its lease is replaced after this time
    `fence`          after this time a fence may be a dead writer's; the database then decides
    `waiting_writers`  how many writers may wait for `belief` inside their transactions, each with its connection, if
                     Redis fails in the middle; the others are refused
    `close_timeout`  how long closing waits for loads that run
    `reads`          False: every read loads for itself, while writes invalidate what other processes have cached
    """

    prefix: str = "pd"
    timeout: float = 0.25
    belief: float = 2.0
    lease: float = 0.8
    fence: float = 0.25
    waiting_writers: int = 2
    close_timeout: float = 5.0
    reads: bool = True

    def __post_init__(self) -> None:
        for name in ("timeout", "belief", "lease", "fence", "close_timeout"):
            if getattr(self, name) <= 0:
                raise ValueError(f"cache option {name} must be positive, not {getattr(self, name)}")
        if not self.prefix.isidentifier():
            raise ValueError(f"cache option prefix must be a plain word, not {self.prefix!r}")
