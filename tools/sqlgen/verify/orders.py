"""Walks the named orders of a query: the rows after the cursor of a row are those that follow it in its page."""

import re
from collections.abc import Iterator, Mapping, Sequence

from tools.sqlgen.ir.query import AnalysedQuery
from tools.sqlgen.lower.query import CompiledQuery
from tools.sqlgen.lower.rendering import SliceItems
from tools.sqlgen.lower.template import Template, Text, flat_parts
from tools.sqlgen.lower.template import Value as SentValue
from tools.sqlgen.lower.variants import Variant
from tools.sqlgen.verify import queries
from tools.sqlgen.verify.compare import Finding
from tools.sqlgen.verify.queries import Prepared, Rows
from tools.sqlgen.verify.wire import Client, ServerError, Value

_Row = Sequence[Value]


def order_findings(
    client: Client, query: CompiledQuery, prepared: Sequence[Prepared], state: Rows
) -> Iterator[Finding]:
    """Report each order that loses or repeats a row between two pages.

    The first page is the longest that the values of a run give. The page after each of its rows must begin with the
    rest of it, for any limit.
    """
    after = {_pair(each.variant): each for each in prepared if each.variant.choice.after}
    for first in prepared:
        following = after.get(_pair(first.variant))
        if first.variant.choice.after or following is None:
            continue
        page, values = _longest_page(client, query, first, state)
        for index, row in enumerate(page):
            given = _given(query.analysed, following.variant, values, row)
            found = (
                client.execute(following.statement, given).rows if given is not None else page[index + 1 :]
            )
            rest = page[index + 1 :]
            if list(found[: len(rest)]) != list(rest):
                yield _finding(first.variant, given, rest, found)
                break


def _pair(variant: Variant) -> tuple[frozenset[int], str | None]:
    order = variant.choice.order
    return variant.choice.given, order.name if order else None


def _longest_page(
    client: Client, query: CompiledQuery, first: Prepared, state: Rows
) -> tuple[Sequence[_Row], Mapping[int, Value]]:
    """Return the most rows that a run of the variant returns, and its values by parameter."""
    page: Sequence[_Row] = ()
    values: Mapping[int, Value] = {}
    offsets = _offsets(query.template)
    parameters = list(_parameters(first.variant))
    for values_of_run in queries.value_sets(query.analysed, first, state, queries.RUNS):
        given = [
            0 if parameter in offsets else value
            for parameter, value in zip(parameters, values_of_run, strict=True)
        ]
        try:
            rows = client.execute(first.statement, given).rows
        except ServerError:
            continue  # a value of the edge, not the query
        if len(rows) > len(page):
            page, values = rows, dict(zip(parameters, given, strict=True))
    return page, values


def _offsets(template: Template) -> set[int]:
    """Return the parameters of OFFSET ?, and of LIMIT ?, n: a page after a cursor begins at once."""
    parts = list(flat_parts(template))
    found: set[int] = set()
    for before, part, after in zip(parts, parts[1:], [*parts[2:], Text("")], strict=False):
        if not isinstance(before, Text) or not isinstance(part, SentValue):
            continue
        follows = after.sql.lstrip() if isinstance(after, Text) else ""
        if _OFFSET.search(before.sql) or (_LIMIT.search(before.sql) and follows.startswith(",")):
            found.add(part.parameter)
    return found


_OFFSET = re.compile(r"\bOFFSET\s*$", re.IGNORECASE)
_LIMIT = re.compile(r"\bLIMIT\s*$", re.IGNORECASE)


def _parameters(variant: Variant) -> Iterator[int]:
    """Yield the index of the parameter of each `?`, of a variant without a cursor."""
    for argument in variant.arguments:
        match argument:
            case SliceItems():
                yield from [argument.parameter] * argument.count
            case SentValue():
                yield argument.parameter
            case _:
                raise AssertionError(argument)


def _given(
    query: AnalysedQuery, variant: Variant, values: Mapping[int, Value], row: _Row
) -> list[Value] | None:
    """Return the values of the variant after the cursor of `row`; None if the row has not all values of a cursor."""
    assert variant.choice.order is not None
    columns = {column.name.lower(): column for column in query.order_columns}
    found: list[Value] = []
    for argument in variant.arguments:
        match argument:
            case SliceItems():
                found += [values[argument.parameter]] * argument.count
            case SentValue():
                found.append(values[argument.parameter])
            case _:
                index = columns[variant.choice.order.keys[argument.key].column.lower()].result
                if index is None:
                    return None
                found.append(row[index])
    return found


def _finding(variant: Variant, given: object, rest: Sequence[_Row], found: Sequence[_Row]) -> Finding:
    assert variant.choice.order is not None
    keys = variant.choice.order.keys
    kept = sum(row in found for row in rest)
    message = (
        f"the order '{variant.choice.order.name}' loses or repeats rows between two pages: of {len(rest)} rows after"
        f" a row, {kept} are among the {len(found)} after its cursor, with parameters {given!r}"
    )
    hint = "end the order in columns that no two rows of the result share, and whose comparison is that of ORDER BY"
    return Finding(keys[0].start, keys[-1].end, message, hint)
