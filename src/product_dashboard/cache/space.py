"""The keys of one epoch in Redis. All keys of one script share a hash tag, so that a cluster can run it."""

import binascii

from product_dashboard.cache.keys import bucket_of


class Space:
    """Key names of an epoch, spread over `buckets` hash tags, and the one server where they mean anything."""

    __slots__ = ("_first_values", "_heads", "_slots", "buckets", "epoch", "server")

    def __init__(self, prefix: str, epoch: str, server: str, buckets: int) -> None:
        self.epoch = epoch
        self.server = server
        self.buckets = buckets
        tags = [f"{epoch}.{bucket}" for bucket in range(buckets)]
        self._heads = [f"{prefix}:{{{tag}}}".encode() for tag in tags]
        self._first_values = self._heads[0] + b"v"
        self._slots = [binascii.crc_hqx(tag.encode(), 0) % 16384 for tag in tags]

    def bucket(self, name: str) -> int:
        return bucket_of(name, self.buckets)

    def slot(self, bucket: int) -> int:
        """The cluster's slot of a bucket."""
        return self._slots[bucket]

    def gate(self, bucket: int) -> bytes:
        """The hash of a bucket's fences."""
        return self._heads[bucket]

    def registry(self) -> bytes:
        """Who believes his own memory; in the first bucket."""
        return self._heads[0] + b"l"

    def value(self, name: str) -> bytes:
        """Where a value, or the lease of whoever loads it, is kept."""
        if self.buckets == 1:
            return self._first_values + name.encode()
        return self._heads[bucket_of(name, self.buckets)] + b"v" + name.encode()

    def nonce(self, tag: str) -> bytes:
        """Where a tag's nonce is kept."""
        return self._heads[bucket_of(tag, self.buckets)] + b"t" + tag.encode()

    def refresh(self, name: str) -> bytes:
        """Where the one who reloads a value that is still served puts his mark."""
        return self._heads[bucket_of(name, self.buckets)] + b"r" + name.encode()
