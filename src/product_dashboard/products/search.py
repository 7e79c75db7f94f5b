"""Searches for a part of a product's name.

A part of three characters or more is searched for among the names that have one of its trigrams (migrations/0015).
LIKE decides about each of these names, so the trigram changes the cost of a search, but not its result. A shorter part
is searched for in all names.
"""

import re
from typing import Final, NamedTuple

from msgspec import UnsetType

from generated import product_search, trigrams
from generated.connection import Connection
from generated.product_lists import ListProductsCursor
from product_dashboard.products.schemas import ProductQuery
from product_dashboard.web.paging import convert_cursor

LENGTH: Final = 3
COUNTED_ALONE, COUNTED_WITH_FILTERS = 1000, 5000
"""The names with a trigram are counted up to this number, in a search without other filters and in one with them."""
FEW_TO_SORT = 500
"""So many products are read and sorted in less time than it takes to find the first of them in the order of a page."""
FEW_TO_FILTER = 1 / 30
"""This share of the products is read and filtered in less time than it takes to filter all of them by their names."""


class Trigram(NamedTuple):
    """A trigram of a part of a name. `is_rare`: its products are best read all, and then counted and sorted."""

    text: str
    is_rare: bool = False


def escape(part: str) -> str:
    r"""Return the part as a pattern for LIKE, in which \, % and _ are ordinary characters."""
    return re.sub(r"([\\%_])", r"\\\1", part)


async def choose_trigram(
    conn: Connection, query: ProductQuery, part: str, *, is_alone: bool
) -> Trigram | None:
    """Return the rarest of three trigrams of a part, the first, the middle and the last; None if it has none.

    `is_alone`: the query has no other filter. If it is then in the order of names too, an index has the names of each
    trigram in that order, and no trigram counts as rare; the only trigram of a part needs no counting.
    """
    is_in_index = is_alone and query.sort in {"name_asc", "name_desc"}
    if len(part) < LENGTH:
        return None
    if is_in_index and len(part) == LENGTH:
        return Trigram(part)
    middle = (len(part) - LENGTH) // 2
    texts = part[:LENGTH], part[middle : middle + LENGTH], part[-LENGTH:]
    most = COUNTED_ALONE if is_alone else COUNTED_WITH_FILTERS
    rows = await trigrams.count_trigrams(conn, first=texts[0], middle=texts[1], last=texts[2], most=most)
    names, text = min(zip((rows.first, rows.middle, rows.last), texts, strict=True))
    few = FEW_TO_SORT if is_alone else min(most, rows.products * FEW_TO_FILTER)
    return Trigram(text, is_rare=not is_in_index and names < few)


async def search(
    conn: Connection,
    query: ProductQuery,
    part: str,
    trigram: Trigram,
    skipped: int | UnsetType,
    after: ListProductsCursor | None,
) -> list[product_search.SearchProductsRow]:
    """Read one page of the products with `part` in their names. The query has no other filter.

    `skipped` is the offset of the page if the products are to be counted first.
    """
    if query.sort == "name_asc" or query.sort == "name_desc":  # noqa: PLR1714 - `in` does not narrow the type
        return await product_search.search_products_by_name(
            conn,
            trigram=trigram.text,
            name=escape(part),
            skipped=skipped,
            end=query.offset + query.limit,
            limit=query.limit,
            offset=query.offset,
            order=query.sort,
            after=convert_cursor(after, product_search.SearchProductsByNameCursor),
        )
    return await product_search.search_products(
        conn,
        trigram=trigram.text,
        name=escape(part),
        skipped=skipped,
        limit=query.limit,
        offset=query.offset,
        order=query.sort,
        after=convert_cursor(after, product_search.SearchProductsCursor),
    )


async def count(conn: Connection, part: str, trigram: Trigram) -> int:
    """Return the number of products with `part` in their names."""
    return await product_search.count_products_by_name(conn, trigram=trigram.text, name=escape(part))
