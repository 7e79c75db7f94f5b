"""The data of an event."""

from typing import Literal

from msgspec import Struct

from product_dashboard.cache import CacheState

Topic = Literal["categories", "products", "customers", "orders"]


class Change(Struct, frozen=True):
    """The resources that may have changed since the event before, and the state of the cache.

    Unless `cache` is "up", changes are not noticed: ask again from time to time.
    """

    changed: tuple[Topic, ...]
    cache: CacheState
