"""Pages of lists: the query parameters, the cursors, and what an answer shows.

A client reads a list in one of two ways. By number (`page`): each page costs more than the one before, and an insert
shifts the rows that follow. By `cursor`: each answer names the place after its last row, so that a page costs the same
at any depth, and no row is skipped or shown twice.
"""

import base64
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Final, Generic, TypeVar

import msgspec
from msgspec import UNSET, Meta, UnsetType

from product_dashboard.errors import BadRequest, FieldProblem
from product_dashboard.web.fields import Input

C = TypeVar("C", bound=msgspec.Struct)
T = TypeVar("T")
R = TypeVar("R")
OrderT = TypeVar("OrderT", bound=str)

# Room for the cursor of the longest name, 200 characters that JSON writes as six bytes each, in base64.
MAX_CURSOR = 2000
# The range of MySQL, with a year to spare, as a time zone can move a time across the border.
MAX_DIGITS = 65
FIRST_YEAR, LAST_YEAR = 1000, 9999

# Short, because filters and page numbers make any number of keys: a page that no client asks for again leaves Redis
# soon. Writes invalidate pages at once, regardless of the TTL.
PAGE_TTL: Final = timedelta(minutes=1)

PageNumber = Annotated[int, Meta(ge=1, le=1_000_000, description="Number of the page, from 1.")]
PageSize = Annotated[int, Meta(ge=1, le=100, description="Rows on a page.")]
CursorText = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=MAX_CURSOR,
        description="`next_cursor` of the answer before, in place of `page`. Valid for the same list and order only.",
    ),
]


class PageQuery(Input, frozen=True, kw_only=True):
    """The page of a list. `page` and `cursor` exclude each other."""

    page: PageNumber | UnsetType = UNSET
    page_size: PageSize = 10
    cursor: CursorText | UnsetType = UNSET

    @property
    def number(self) -> int:
        return self.page if self.page is not UNSET else 1

    @property
    def offset(self) -> int:
        """The number of rows before this page; 0 with a cursor."""
        return (self.number - 1) * self.page_size

    @property
    def is_first(self) -> bool:
        """True for the page that the list begins with: if it is empty, the list is empty."""
        return self.offset == 0 and self.cursor is UNSET

    @property
    def limit(self) -> int:
        """The number of rows to select: one more than the page has, to see whether another page follows."""
        return self.page_size + 1

    def problems(self) -> Iterable[FieldProblem]:
        if self.page is not UNSET and self.cursor is not UNSET:
            yield FieldProblem("cursor", "cannot be combined with page")


class ListMeta(msgspec.Struct, frozen=True):
    """`page` is null if the request has a cursor; `next_cursor` is null on the last page."""

    total: int
    total_pages: int = msgspec.field(name="totalPages")
    page: int | None
    page_size: int = msgspec.field(name="pageSize")
    next_cursor: str | None


class Listing(msgspec.Struct, Generic[T], frozen=True):
    """One page of a list: what the cache stores. The fields are those of the envelope of a page, in its order."""

    data: tuple[T, ...]
    meta: ListMeta


def paginate(
    rows: Sequence[R],
    show: Callable[[R], T],
    query: PageQuery,
    total: int,
    cursor: Callable[[R, OrderT], msgspec.Struct],
    order: OrderT,
) -> Listing[T]:
    """Return the page, made from the at most `query.limit` rows that were selected in `order`.

    `show` makes the item that is sent from a row, `cursor` the cursor of a row.
    """
    page = rows[: query.page_size]
    meta = ListMeta(
        total=total,
        total_pages=-(-total // query.page_size),
        page=query.number if query.cursor is UNSET else None,
        page_size=query.page_size,
        next_cursor=_encode(cursor(page[-1], order)) if len(rows) > query.page_size else None,
    )
    return Listing(tuple([show(row) for row in page]), meta)


def _encode(cursor: msgspec.Struct) -> str:
    """Encode a cursor as an opaque text that is safe in a URL."""
    return base64.urlsafe_b64encode(msgspec.json.encode(cursor)).rstrip(b"=").decode()


def decode_cursor(shape: type[C], query: PageQuery, order: str) -> C | None:
    """Decode the cursor of the query; None if it has no cursor.

    Raises `BadRequest` if it is not a cursor of this list, or belongs to another order.
    """
    text = query.cursor
    if text is UNSET:
        return None
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        cursor = msgspec.json.decode(raw, type=shape)
    except (msgspec.DecodeError, ValueError, ArithmeticError):
        raise _not_a_cursor(text) from None
    fields = msgspec.structs.asdict(cursor)
    if fields["order"] != order:
        raise BadRequest.of([FieldProblem("cursor", f"belongs to another sort than {order}", text)])
    if not all(map(_can_be_stored, fields.values())):
        raise _not_a_cursor(text)
    return cursor


def convert_cursor(cursor: msgspec.Struct | None, shape: type[C]) -> C | None:
    """Return a cursor as that of another list which has the columns of the same order; None for None."""
    return None if cursor is None else msgspec.convert(msgspec.to_builtins(cursor), shape)


def _not_a_cursor(text: str) -> BadRequest:
    return BadRequest.of([FieldProblem("cursor", "is not a cursor of this list", text)])


def _can_be_stored(value: object) -> bool:
    """True if a column could hold the value: a cursor that a client made up must not reach the driver."""
    if isinstance(value, int):
        return -(2**63) <= value < 2**63
    if isinstance(value, Decimal):
        return value.is_finite() and value.adjusted() < MAX_DIGITS
    if isinstance(value, datetime):
        return value.tzinfo is not None and FIRST_YEAR < value.year < LAST_YEAR
    return True
