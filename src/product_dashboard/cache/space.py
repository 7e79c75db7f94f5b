"""The keys of one epoch in Redis. All keys of one script share a hash tag, so that a cluster can run the script."""

import binascii
from typing import Final

from product_dashboard.cache.keys import bucket_of

_SLOTS: Final = 16384


class Space:
    """The key names of an epoch, spread over `buckets` hash tags, and the one server where they mean anything."""

    __slots__ = ("_first", "_heads", "_slots", "buckets", "epoch", "server")

    def __init__(self, prefix: str, epoch: str, server: str, buckets: int) -> None:
        self.epoch = epoch
        self.server = server
        self.buckets = buckets
        tags = [f"{epoch}.{bucket}" for bucket in range(buckets)]
        self._heads = [f"{prefix}:{{{tag}}}".encode() for tag in tags]
        self._first = self._heads[0]
        self._slots = [binascii.crc_hqx(tag.encode(), 0) % _SLOTS for tag in tags]

    def bucket(self, name: str) -> int:
        return bucket_of(name, self.buckets)

    def slot(self, bucket: int) -> int:
        """Return the cluster's slot of a bucket."""
        return self._slots[bucket]

    def gate(self, bucket: int) -> bytes:
        """Return the key of the hash that holds a bucket's fences."""
        return self._heads[bucket]

    def value(self, name: str) -> bytes:
        """Return the key of a value, or of the lease of the reader that loads it."""
        head = self._first if self.buckets == 1 else self._heads[bucket_of(name, self.buckets)]
        return head + b"v" + name.encode()

    def nonce(self, tag: str) -> bytes:
        """Return the key of a tag's nonce."""
        head = self._first if self.buckets == 1 else self._heads[bucket_of(tag, self.buckets)]
        return head + b"t" + tag.encode()
