"""The comment lines between the name line of a query and its statement: docstring and annotations."""

import re
from collections.abc import Sequence
from typing import Literal, cast

from msgspec import Struct

from tools.sqlgen.diagnostics import SqlError

AnnotationKey = Literal["order", "row", "explain-ok"]

_ANNOTATION = re.compile(r"(?P<key>order|row|explain-ok):(?:[ \t]+|$)(?P<value>.*)", re.DOTALL)
_ORDER_KEY = re.compile(
    r"\s*(?P<column>`[^`]+`|[A-Za-z_$][\w$]*)(?:\s+(?P<direction>ASC|DESC))?\s*", re.IGNORECASE
)
_CLASS_NAME = re.compile(r"[A-Z][A-Za-z0-9]*")
QUERY_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class OrderKey(Struct, frozen=True):
    """One column of an order that a query allows."""

    column: str
    descending: bool = False
    start: int = 0
    """Offset of the column in the annotation."""
    end: int = 0


class NamedOrder(Struct, frozen=True):
    """`-- order: price_asc price ASC, id ASC` above a query."""

    name: str
    keys: tuple[OrderKey, ...]


class Annotation(Struct, frozen=True):
    """`-- key: value` under the name line."""

    key: AnnotationKey
    value: str
    start: int
    """Offset of the value."""
    end: int


def read_annotations(
    text: str, spans: Sequence[tuple[int, int]]
) -> tuple[tuple[str, ...], tuple[Annotation, ...]]:
    """Return the docstring lines and the annotations of comments; a span begins after `--`, `#` or `/*`."""
    doc: list[str] = []
    annotations: list[Annotation] = []
    for start, end in spans:
        block = text[start - 2 : start] == "/*" or text[end - 2 : end] == "*/"
        line_start = start
        for raw in text[start : end - 2 if block and end - 2 >= start else end].split("\n"):
            content = raw.lstrip(" \t*" if block else " \t")
            found = _ANNOTATION.match(content.rstrip())
            at = line_start + len(raw) - len(content)
            line_start += len(raw) + 1
            if found:
                value_start = at + found.start("value")
                key = cast("AnnotationKey", found["key"])
                annotations.append(
                    Annotation(key, found["value"], value_start, value_start + len(found["value"]))
                )
            else:
                doc.append(raw.strip(" \t*") if block else raw.removeprefix(" ").rstrip())
    while doc and not doc[0]:
        del doc[0]
    while doc and not doc[-1]:
        del doc[-1]
    return tuple(doc), tuple(annotations)


def single_row(annotations: tuple[Annotation, ...], errors: list[SqlError]) -> Annotation | None:
    rows = [each for each in annotations if each.key == "row"]
    errors += [SqlError("a query has one row name", each.start, each.end) for each in rows[1:]]
    if rows and not _CLASS_NAME.fullmatch(rows[0].value):
        errors.append(
            SqlError(
                f"'{rows[0].value}' is no name for a row", rows[0].start, rows[0].end,
                "a class name like `ProductRow`",
            )
        )  # fmt: skip
        return None
    return rows[0] if rows else None


def named_orders(annotations: tuple[Annotation, ...], errors: list[SqlError]) -> tuple[NamedOrder, ...]:
    orders: dict[str, NamedOrder] = {}
    for each in annotations:
        if each.key != "order":
            continue
        name, _, columns = each.value.partition(" ")
        if not QUERY_NAME.fullmatch(name) or not columns.strip():
            hint = "a name and its columns, like `-- order: newest created_at DESC, id DESC`"
            errors.append(SqlError("an order that cannot be read", each.start, each.end, hint))
        elif name in orders:
            errors.append(SqlError(f"a second order '{name}'", each.start, each.start + len(name)))
        else:
            keys = _order_keys(columns, each.start + len(name) + 1, errors)
            orders[name] = NamedOrder(name, keys)
    return tuple(orders.values())


def _order_keys(columns: str, start: int, errors: list[SqlError]) -> tuple[OrderKey, ...]:
    keys: list[OrderKey] = []
    at = start
    for part in columns.split(","):
        found = _ORDER_KEY.fullmatch(part)
        if found:
            descending = (found["direction"] or "").upper() == "DESC"
            span = (at + found.start("column"), at + found.end("column"))
            keys.append(OrderKey(found["column"].strip("`"), descending, *span))
        else:
            hint = "a plain column name, then ASC or DESC; the macro's alias says whose column it is"
            left = at + len(part) - len(part.lstrip())
            errors.append(
                SqlError(f"'{part.strip()}' is no order column", left, at + len(part.rstrip()), hint)
            )
        at += len(part) + 1
    return tuple(keys)
