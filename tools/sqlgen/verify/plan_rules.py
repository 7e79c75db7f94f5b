"""The EXPLAIN rules of one query: the costs of its plans, and the waivers in its comments."""

import math
from collections.abc import Iterable, Iterator

from tools.sqlgen.input.annotations import Annotation
from tools.sqlgen.lower.query import CompiledQuery
from tools.sqlgen.verify.compare import Finding
from tools.sqlgen.verify.plans import Cost, Plan, parse_waiver

_WORDS = {
    "full-scan": "scans all of {detail}",
    "filesort": "sorts without an index ({detail})",
    "temporary-table": "fills a temporary table ({detail})",
}


def plan_findings(
    query: CompiledQuery, plans: Iterable[tuple[str, Plan]], most_rows: int
) -> Iterator[Finding]:
    """Report costs over `most_rows` rows without a waiver, and waivers that are wrong or not needed.

    `plans` are pairs of a variant's label and its plan. If one is not whole, any waiver may be needed.
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
    are_whole = True
    for label, plan in plans:
        are_whole = are_whole and plan.is_whole
        for cost in plan.costs:
            if cost.rows > most_rows:
                worst.setdefault((cost.rule, cost.detail), (label, cost))
    yield from (_finding(query, label, cost) for label, cost in worst.values() if cost.rule not in waivers)
    if not are_whole:
        return
    for rule in waivers.keys() - {rule for rule, _ in worst}:
        place = waivers[rule]
        message, hint = (
            f"no plan here needs the waiver of {rule}",
            "delete it, unless another server needs it",
        )
        yield Finding(place.start, place.end, message, hint, "warning")


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
