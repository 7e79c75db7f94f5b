"""Plans: the full scans, sorts and temporary tables that are slow on large tables.

Reads EXPLAIN FORMAT=JSON as MySQL writes it in format version 1 (`query_block`) and version 2
(`query_plan`), and as MariaDB does.
"""

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, cast, get_args

from msgspec import Struct

Rule = Literal["full-scan", "filesort", "temporary-table"]
RULES: tuple[Rule, ...] = get_args(Rule)

Node = Mapping[str, Any]

NO_PLAN = "<not executable by iterator executor>"
"""Version 2's output for an UPDATE or DELETE; only version 1 has a plan for these."""

_ESCAPE = re.compile(r'\\(["\\/bfnrtu]?)')
"""MariaDB writes the bytes of a BINARY constant as `\x00`, or as they are: neither is JSON."""


_SELECT = re.compile(r"\bSELECT\b", re.IGNORECASE)
_SHOWN_SELECT = re.compile(r"/\* select#(\d+) \*/")
"""The mark of each SELECT in the statement as version 2 writes it."""


class Cost(Struct, frozen=True):
    """One thing a plan does that one of the rules is about."""

    rule: Rule
    rows: float
    """Rows that are read, sorted or stored, as estimated by the server; infinite if there is no estimate."""
    detail: str
    """The table, or the server's own words."""


class Plan(Struct, frozen=True):
    """The costs of a plan, without repetition.

    `is_whole` is False if the statement has more SELECTs than the plan shows. The plan leaves out subqueries that the
    server has computed while planning, as MySQL 9.7 does, and those that it has made joins of.
    """

    costs: Sequence[Cost]
    is_whole: bool


class Waiver(Struct, frozen=True):
    """`-- explain-ok: filesort: at most 20 rows`."""

    rule: Rule
    reason: str


def read_plan(explained: str, sql: str) -> Plan:
    """Return everything in the plan that a rule is about.

    Args:
        explained: the JSON document that EXPLAIN FORMAT=JSON answers with.
        sql: the statement that it explains.

    Raises:
        ValueError: the document is in none of the known formats.

    """
    document: Any = json.loads(
        _ESCAPE.sub(lambda found: found[0] if found[1] else r"\\", explained), strict=False
    )
    if not isinstance(document, dict) or not {"query_block", "query_plan"} & document.keys():
        raise ValueError(f"EXPLAIN answered in an unknown format: {explained[:80]!r}")
    plan = cast("Node", document)
    found = _version_2(plan["query_plan"]) if "query_plan" in plan else _version_1(plan["query_block"])
    shown = len(set(_SHOWN_SELECT.findall(str(plan["query"])))) if "query" in plan else math.inf
    return Plan(list(dict.fromkeys(found)), shown >= len(_SELECT.findall(sql)))


def parse_waiver(value: str) -> Waiver:
    """The value of an `-- explain-ok:` annotation.

    Raises:
        ValueError: the rule is unknown, or no reason is given; the message says what is expected.

    """
    rule, _, reason = (part.strip() for part in value.partition(":"))
    if rule not in RULES:
        raise ValueError(f"'{rule}' is no rule; write one of {', '.join(RULES)}, a colon, and the reason")
    if not reason:
        raise ValueError(f"a waiver needs a reason: `explain-ok: {rule}: why this is right here`")
    return Waiver(rule=rule, reason=reason)


# --- MySQL's version 2: a tree of operators --------------------------------------------------------------


def _version_2(node: Node, limit: float = math.inf) -> Iterator[Cost]:
    """Yield the costs of an operator and of those below it; the operator above reads at most `limit` rows."""
    kind, words = node.get("access_type"), str(node.get("operation", ""))
    if "schema_name" in node and (kind == "table" or node.get("index_access_type") == "index_scan"):
        table = str(node.get("alias") or node["table_name"])
        yield Cost("full-scan", min(_estimate(node), limit), table)
    elif kind == "count_rows":
        yield Cost("full-scan", math.inf, str(node["table_name"]))
    elif kind == "sort":
        yield Cost("filesort", _input_estimate(node), words)
    elif kind == "temp_table_aggregate" or (kind == "materialize" and not _is_rowless(node)):
        yield Cost("temporary-table", _input_estimate(node), words)
    below = float(node["limit"]) if kind == "limit" else math.inf
    for child in _children(node):
        yield from _version_2(child, below)


def _is_rowless(node: Node) -> bool:
    """True for a constant subquery: it reads no table."""
    return not any(True for _ in _children(node))


def _children(node: Node) -> Iterator[Node]:
    for value in node.values():
        for item in cast("Iterable[object]", value) if isinstance(value, list) else (value,):
            if isinstance(item, dict):
                yield cast("Node", item)


def _estimate(node: Node) -> float:
    return float(node.get("estimated_rows") or 0)


def _input_estimate(node: Node) -> float:
    """Rows that come in: the estimate of the first operator below that has one."""
    for child in cast("list[Node]", node.get("inputs") or []):
        return _estimate(child) if "estimated_rows" in child else _input_estimate(child)
    return _estimate(node)


# --- version 1, and MariaDB's --------------------------------------------------------------------------


def _version_1(node: Node) -> Iterator[Cost]:
    for key, value in node.items():
        for item in cast("Iterable[object]", value) if isinstance(value, list) else (value,):
            if isinstance(item, dict):
                child = cast("Node", item)
                yield from _own_costs(key, child)
                yield from _version_1(child)


def _own_costs(key: str, node: Node) -> Iterator[Cost]:
    if key == "table" and node.get("access_type") in {"ALL", "index"} and _is_base_table(node):
        yield Cost("full-scan", _rows(node), str(node["table_name"]))
    if node.get("using_filesort") is True or key == "filesort":
        yield Cost("filesort", _rows_below(node), key)
    if node.get("using_temporary_table") is True or key in {"temporary_table", "materialized"}:
        yield Cost("temporary-table", _rows_below(node), key)


def _is_base_table(node: Node) -> bool:
    return not {"materialized_from_subquery", "materialized"} & node.keys() and not str(
        node.get("table_name", "<")
    ).startswith("<")


def _rows(node: Node) -> float:
    return float(node.get("rows_examined_per_scan") or node.get("rows") or 0)


def _rows_below(node: Node) -> float:
    """Rows that reach an operation: the most that a table below it hands on, or the sum of a union's arms."""
    produced = 0.0
    for key, value in node.items():
        if key == "query_specifications":
            return sum(_rows_below(cast("Node", arm)) for arm in value)
        for item in cast("Iterable[object]", value) if isinstance(value, list) else (value,):
            if not isinstance(item, dict):
                continue
            child = cast("Node", item)
            if key == "table":
                loops = float(child.get("rows_produced_per_join") or child.get("rows") or 0)
                produced = max(produced, loops)
            else:
                produced = max(produced, _rows_below(child))
    return produced
