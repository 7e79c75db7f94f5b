"""Tables of figures, and the cells that several of them have."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple
from urllib.parse import urlencode

import htpy as h

from product_dashboard.page import figures

LOW_STOCK_BELOW: Final = 10


class Column(NamedTuple):
    """A column: its heading, and the class of its cells."""

    name: str
    kind: str = ""


def number(name: str) -> Column:
    """Return a column of figures, whose digits are below each other."""
    return Column(name, "number")


DRAWN: Final = Column("", "drawn")
"""A column of drawings, without a heading: the figures are in another column."""


def table(
    caption: str, columns: Sequence[Column], rows: Iterable[Sequence[h.Node]], empty: str = "Nothing yet."
) -> h.Element:
    """Make a table whose first column names the rows; the text `empty` if there are none."""
    filled = [*rows]
    if not filled:
        return h.p(".empty")[empty]
    return h.table[
        h.caption(".unseen")[caption],
        h.thead[h.tr[(_heading(column) for column in columns)]],
        h.tbody[(h.tr[(_cell(*each) for each in zip(columns, row, strict=True))] for row in filled)],
    ]


def _heading(column: Column) -> h.Element:
    if not column.name:
        return h.td(class_=column.kind)
    return h.th(scope="col", class_=column.kind or None)[column.name]


def _cell(column: Column, content: h.Node) -> h.Element:
    name = column.name if column.kind == "number" else None  # shown where there is no heading
    return h.td(class_=column.kind or None, data_name=name)[content]


def product_link(name: str) -> h.Element:
    """Link to the list of the products with this name."""
    return h.a(href=f"/products?{urlencode({'name': name})}")[name]


def stock(pieces: int) -> h.Node:
    """Show a stock, marked if it is low."""
    if pieces >= LOW_STOCK_BELOW:
        return figures.whole(pieces)
    return h.span(class_="low" if pieces else "low out", title="Low stock" if pieces else "Out of stock")[
        figures.whole(pieces)
    ]
