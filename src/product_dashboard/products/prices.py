"""Counts the products of a price range by buckets of prices (migrations/0023).

The writes keep the number of products in each bucket, so that only the products of the two buckets at the ends of a
range are counted one by one. Releases before this one do not keep it; `price_counting` adds what they leave out, and
until then all products of a range are counted one by one. So the number is right at any moment of a deployment.
"""

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import Final, TypedDict

import msgspec
from msgspec import UNSET

from generated import price_counts
from generated.connection import Connection
from product_dashboard.products.schemas import ProductQuery
from product_dashboard.web.fields import MAX_PRICE

ALL: Final = Decimal(-1)
"""The bucket that holds the number of all products that are counted."""

_encode = msgspec.json.Encoder(decimal_format="number").encode


class PriceRange(TypedDict):
    """The parameters that list_products_by_price and count_products_by_price share."""

    low: Decimal
    first: Decimal
    end: Decimal
    high: Decimal


def bucket_of(price: Decimal) -> Decimal:
    """Return the lowest price of the bucket of a price: its first two digits. The database computes the same.

    >>> [str(bucket_of(Decimal(price))) for price in ("0.05", "9.99", "20.99", "129.99")]
    ['0.0', '9.9', '20', '1.2E+2']
    """
    return price // _width(price) * _width(price)


def price_range(query: ProductQuery) -> PriceRange:
    """Return the bounds of the query's prices, and those of the buckets that lie between them."""
    low = Decimal(0) if query.min_price is UNSET else query.min_price
    high = MAX_PRICE if query.max_price is UNSET else query.max_price
    first = bucket_of(low)
    if first < low:
        first += _width(low)
    return PriceRange(low=low, first=first, end=bucket_of(high), high=high)


def moved(counted: Decimal | None, bucket: Decimal | None) -> Counter[Decimal]:
    """Return the differences for a product that was counted in one bucket, and now is in another one; None: in none."""
    counts = Counter[Decimal]()
    if counted != bucket:
        for each, sign in ((counted, -1), (bucket, 1)):
            if each is not None:
                counts[each] += sign
                counts[ALL] += sign
    return counts


async def add_counts(conn: Connection, counts: Mapping[Decimal, int]) -> None:
    """Add differences to the buckets; nothing is sent if there are none.

    The order of the buckets is the same in every transaction, so that two of them do not block each other.
    """
    rows = [{"bucket": bucket, "products": count} for bucket, count in sorted(counts.items()) if count]
    if rows:
        await price_counts.add_price_counts(conn, counts=msgspec.Raw(_encode(rows)))


def _width(price: Decimal) -> Decimal:
    """Return the width of the bucket of a price: a tenth of the power of ten below it, at least 0.10."""
    return Decimal(1).scaleb(len(str(int(price))) - 2)
