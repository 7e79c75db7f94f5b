"""Searches for a part of a product's name.

A part of three characters or more is searched for among the names that have one of its trigrams (migrations/0018).
LIKE decides about each of these names, so the trigram changes the cost of a search, but not its result. A shorter part
is searched for in all names.
"""

import re
from typing import Final, NamedTuple, TypeVar

import msgspec
from msgspec import UNSET

from generated import products, trigrams
from generated.connection import Connection
from product_dashboard.products.schemas import ProductQuery

C = TypeVar("C", bound=msgspec.Struct)

LENGTH: Final = 3
FEW: Final = 1000
"""So many products can be read from the table and sorted in a few milliseconds."""


class Trigram(NamedTuple):
    """A trigram of a part of a name. `is_rare`: fewer than FEW names have it."""

    text: str
    is_rare: bool


def escape(part: str) -> str:
    r"""Return the part as a pattern for LIKE, in which \, % and _ are ordinary characters."""
    return re.sub(r"([\\%_])", r"\\\1", part)


async def choose_trigram(conn: Connection, part: str, *, is_rare_needed: bool) -> Trigram | None:
    """Return the rarest of three trigrams: the first, the middle and the last of `part`; None if it is too short.

    If `is_rare` is not needed, the only trigram of a part is returned without a statement.
    """
    if len(part) < LENGTH:
        return None
    if len(part) == LENGTH and not is_rare_needed:
        return Trigram(part, is_rare=False)
    middle = (len(part) - LENGTH) // 2
    texts = part[:LENGTH], part[middle : middle + LENGTH], part[-LENGTH:]
    rows = await trigrams.count_trigrams(conn, first=texts[0], middle=texts[1], last=texts[2], most=FEW)
    number, text = min(zip((rows.first, rows.middle, rows.last), texts, strict=True))
    return Trigram(text, is_rare=number < FEW)


async def search(
    conn: Connection,
    query: ProductQuery,
    part: str,
    trigram: Trigram,
    after: products.ListProductsCursor | None,
) -> list[products.ListedProduct]:
    """Read one page of the products with `part` in their names. The query has no other filter."""
    if query.sort == "name_asc" or query.sort == "name_desc":  # noqa: PLR1714 - `in` does not narrow the type
        return await products.search_products_by_name(
            conn,
            trigram=trigram.text,
            name=escape(part),
            end=query.offset + query.limit,
            limit=query.limit,
            offset=query.offset,
            order=query.sort,
            after=_cursor(after, products.SearchProductsByNameCursor),
        )
    return await products.search_products(
        conn,
        trigram=trigram.text,
        rare=trigram.text if trigram.is_rare else UNSET,
        name=escape(part),
        skipped=query.offset,
        limit=query.limit,
        offset=query.offset,
        order=query.sort,
        after=_cursor(after, products.SearchProductsCursor),
    )


async def count(conn: Connection, part: str, trigram: Trigram) -> int:
    """Return the number of products with `part` in their names."""
    return await products.count_products_by_name(conn, trigram=trigram.text, name=escape(part))


def _cursor(cursor: products.ListProductsCursor | None, shape: type[C]) -> C | None:
    """Return the cursor of a list as that of a search, which has the columns of the same order."""
    return None if cursor is None else msgspec.convert(msgspec.to_builtins(cursor), shape)
