"""Cache-aside in Redis whose promises are exact. README.md beside this file has the protocol and the reasons.

cached      the decorator of read functions
Cache       made by `Cache.open` in the lifespan; `cache.transaction` is the one way to write
Tag         invalidates many answers at once
"""

from product_dashboard.cache.answer import CachedAnswer
from product_dashboard.cache.cache import Cache
from product_dashboard.cache.decorator import CachedRead, cached
from product_dashboard.cache.keys import Key, Tag
from product_dashboard.cache.ledger import Ledger, LedgerState, Transactions
from product_dashboard.cache.metrics import Metrics
from product_dashboard.cache.options import CacheOptions
from product_dashboard.cache.request import FailSafe
from product_dashboard.cache.write import Transaction

__all__ = [
    "Cache",
    "CacheOptions",
    "CachedAnswer",
    "CachedRead",
    "FailSafe",
    "Key",
    "Ledger",
    "LedgerState",
    "Metrics",
    "Tag",
    "Transaction",
    "Transactions",
    "cached",
]
