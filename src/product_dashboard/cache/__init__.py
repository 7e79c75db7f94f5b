"""Cache-aside in Redis whose promises are exact. README.md in this folder has the protocol and the reasons.

cached      the decorator of read functions
Cache       made by `Cache.open` in the lifespan; every write goes through `cache.transaction`
Locations   entries of the cache, to be read again without their read functions: `cache.stored.read`
Tag         invalidates many answers at once
etag_of     the strong ETag of an encoded answer
EpochStore  what the cache needs of the database
"""

from product_dashboard.cache.cache import Cache, CacheState
from product_dashboard.cache.decorator import cached
from product_dashboard.cache.epoch import EpochState, EpochStore
from product_dashboard.cache.keys import Key, Tag, Target
from product_dashboard.cache.metrics import Metrics
from product_dashboard.cache.options import CacheOptions
from product_dashboard.cache.stored import Answers, Locations
from product_dashboard.cache.transaction import Transaction
from product_dashboard.cache.values import CachedAnswer, Entry, etag_of

__all__ = [
    "Answers",
    "Cache",
    "CacheOptions",
    "CacheState",
    "CachedAnswer",
    "Entry",
    "EpochState",
    "EpochStore",
    "Key",
    "Locations",
    "Metrics",
    "Tag",
    "Target",
    "Transaction",
    "cached",
    "etag_of",
]
