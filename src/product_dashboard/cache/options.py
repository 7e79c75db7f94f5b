"""How the cache behaves; every duration in seconds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CacheOptions:
    """Defaults suit a service whose database answers within a second or so."""

    prefix: str = "pd"  # in front of every key and channel
    timeout: float = 0.25  # a read waits no longer than this for Redis, all in all
    trust: float = (
        2.0  # how long one look at the epoch row is believed; a write without Redis waits it out once
    )
    lease: float = 0.8  # a loader that stops renewing is replaced after this
    fence: float = (
        5.0  # after this a fence is suspected to belong to a dead writer; the database then decides
    )
    load_timeout: float = 30.0  # a load that takes longer is given up
    close_timeout: float = 5.0  # how long closing waits for running loads

    def __post_init__(self) -> None:
        for name in ("timeout", "trust", "lease", "fence", "load_timeout", "close_timeout"):
            if getattr(self, name) <= 0:
                raise ValueError(f"cache option {name} must be positive, not {getattr(self, name)}")
        if not self.prefix.isidentifier():
            raise ValueError(f"cache option prefix must be a plain word, not {self.prefix!r}")
