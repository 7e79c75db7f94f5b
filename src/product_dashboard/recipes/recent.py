"""A bounded mapping that keeps the items that were used last."""

from collections import OrderedDict
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Recent(Generic[K, V]):
    """At most `limit` items. The item that was used least recently makes room for a new one."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._items: OrderedDict[K, V] = OrderedDict()

    def __len__(self) -> int:
        return len(self._items)

    def get(self, key: K) -> V | None:
        """Return the item, which counts as a use; None if there is none."""
        item = self._items.get(key)
        if item is not None:
            self._items.move_to_end(key)
        return item

    def put(self, key: K, item: V) -> None:
        """Add an item, or replace it."""
        self._items[key] = item
        self._items.move_to_end(key)
        if len(self._items) > self._limit:
            self._items.popitem(last=False)
