"""The EXPLAIN rules of one query: the costs of its plans, and the waivers in its comments."""

import math
from collections.abc import Iterable, Iterator

from tools.sqlgen.input.annotations import Annotation
from tools.sqlgen.lower.query import CompiledQuery
from tools.sqlgen.verify.compare import Finding
from tools.sqlgen.verify.plans import Cost, parse_waiver

_WORDS = {
    "full-scan": "scans all of {detail}",
    "filesort": "sorts without an index ({detail})",
    "temporary-table": "fills a temporary table ({detail})",
}

# MySQL 9.7 computes a subquery without parameters while it plans, and shows the result in place of the subquery.
_UNNEEDED = (
    "delete it, unless another server needs it: a plan may leave out a subquery that was computed before"
)


def plan_findings(
    query: CompiledQuery, costs: Iterable[tuple[str, Cost]], most_rows: int
) -> Iterator[Finding]:
    """Report costs over `most_rows` rows without a waiver, and waivers that are wrong or not needed.

    `costs` are pairs of a variant's label and one cost of its plan.
    """
    waivers: dict[str, Annotation] = {}
    for annotation in query.source.annotations:
        if annotation.key == "explain-ok":
            try:
                waivers[parse_waiver(annotation.value).rule] = annotation
            except ValueError as error:
                message = f"a waiver that cannot be read: {error}"
                yield Finding(annotation.start, annotation.end, message)
    worst: dict[tuple[str, str], tuple[str, Cost]] = {}
    for label, cost in costs:
        if cost.rows > most_rows:
            worst.setdefault((cost.rule, cost.detail), (label, cost))
    yield from (_finding(query, label, cost) for label, cost in worst.values() if cost.rule not in waivers)
    for rule in waivers.keys() - {rule for rule, _ in worst}:
        place = waivers[rule]
        yield Finding(
            place.start, place.end, f"no plan here needs the waiver of {rule}", _UNNEEDED, "warning"
        )


def _finding(query: CompiledQuery, label: str, cost: Cost) -> Finding:
    what = _WORDS[cost.rule].format(detail=cost.detail)
    variant = f" (with {label})" if label else ""
    return Finding(
        query.source.sql_start,
        query.source.sql_end,
        f"the plan {what}, {_count(cost.rows)}{variant}",
        f"an index, or `-- explain-ok: {cost.rule}: why this is right` under the query's name",
    )


def _count(rows: float) -> str:
    return "however many rows it has" if math.isinf(rows) else f"about {rows:,.0f} rows"
