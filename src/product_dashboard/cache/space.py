"""The keys of one epoch in Redis. All keys of one script share a hash tag, so that a cluster can run the script."""

import binascii
import zlib
from typing import Final

_SLOTS: Final = 16384


class Space:
    """The key names of an epoch, spread over `buckets` hash tags, and the only server that the names are valid for."""

    __slots__ = ("_heads", "_slots", "buckets", "epoch", "server")

    def __init__(self, prefix: str, epoch: str, server: str, buckets: int) -> None:
        self.epoch = epoch
        self.server = server
        self.buckets = buckets
        tags = [f"{epoch}.{bucket}" for bucket in range(buckets)]
        self._heads = [f"{prefix}:{{{tag}}}".encode() for tag in tags]
        self._slots = [binascii.crc_hqx(tag.encode(), 0) % _SLOTS for tag in tags]

    def bucket(self, name: str) -> int:
        """Return the number of the bucket of a value or a tag."""
        return zlib.crc32(name.encode()) % self.buckets if self.buckets > 1 else 0

    def slot(self, bucket: int) -> int:
        """Return the cluster's slot of a bucket."""
        return self._slots[bucket]

    def gate(self, bucket: int) -> bytes:
        """Return the key of the hash that holds a bucket's fences."""
        return self._heads[bucket]

    def value(self, name: str) -> bytes:
        """Return the key of a value, or of the lease of the reader that loads it."""
        return self._heads[self.bucket(name)] + b"v" + name.encode()

    def nonce(self, tag: str) -> bytes:
        """Return the key of a tag's nonce."""
        return self._heads[self.bucket(tag)] + b"t" + tag.encode()
