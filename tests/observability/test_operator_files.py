"""The alert rules and the dashboard name only metrics of the service, and the rules do what they say."""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import msgspec
import pytest

from product_dashboard.cache import Metrics
from product_dashboard.errors import Code
from tests.api_client import Api
from tools.observability import prometheus
from tools.stack.errors import Unusable

Json = dict[str, Any]

# Words of PromQL, and functions, that are followed by no parenthesis or by a list of labels.
WORDS = {"and", "or", "unless", "by", "without", "on", "ignoring", "bool", "offset"}
OF_PROMETHEUS = {"up", "ALERTS"}
LABELS = {
    *("method", "route", "status", "event", "why", "code", "reason", "server", "known_by"),
    *("job", "le", "alertstate"),
}


def rules() -> list[Json]:
    return [
        rule
        for group in msgspec.yaml.decode(prometheus.RULES.read_bytes())["groups"]
        for rule in group["rules"]
    ]


def dashboard() -> Json:
    found: Json = json.loads(prometheus.DASHBOARD.read_text())
    return found


def expressions() -> Iterator[str]:
    yield from (rule["expr"] for rule in rules())
    yield from (target["expr"] for panel in dashboard()["panels"] for target in panel.get("targets", ()))
    yield from (each["expr"] for each in dashboard()["annotations"]["list"])


def metrics_of(expression: str) -> set[str]:
    """The metrics that an expression reads."""
    bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]|\b(?:by|without) \([^)]*\)", " ", expression)
    return set(re.findall(r"(?<![\w.])[a-zA-Z_:][\w:]*(?!\w|\s*\()", bare)) - WORDS


def test_metrics_are_found_in_an_expression() -> None:
    expression = (
        'sum by (job, le) (rate(a_total{b="c", d=~"e_total"}[5m])) / f:g > 14.4 * 0.001 and h or vector(0)'
    )
    assert metrics_of(expression) == {"a_total", "f:g", "h"}


async def test_the_service_has_each_metric_that_a_rule_or_a_panel_names(client: Api) -> None:
    kinds = dict(re.findall(r"^# TYPE (\S+) (\S+)$", (await client.get("/metrics")).text, re.MULTILINE))
    exported = set(kinds) | {
        f"{name}_{part}"
        for name, kind in kinds.items()
        if kind == "histogram"
        for part in ("bucket", "sum", "count")
    }
    recorded = {rule["record"] for rule in rules() if "record" in rule}
    named = set[str]().union(*map(metrics_of, expressions()))
    assert named - exported - recorded == OF_PROMETHEUS
    assert recorded <= named | {"route:http_requests:rate5m"}, "a rule records what nobody reads"


async def test_a_rule_or_a_panel_names_each_metric_of_the_service(client: Api) -> None:
    kinds = dict(re.findall(r"^# TYPE (\S+) (\S+)$", (await client.get("/metrics")).text, re.MULTILINE))
    named = set[str]().union(*map(metrics_of, expressions()))
    unnamed = {
        name
        for name, kind in kinds.items()
        if not name.startswith(("python_", "process_"))  # the client library's own
        and not named & ({f"{name}_bucket", f"{name}_sum"} if kind == "histogram" else {name})
    }
    assert not unnamed


async def test_a_rate_is_that_of_a_counter_and_a_counter_is_read_by_its_rate_only(client: Api) -> None:
    kinds = dict(re.findall(r"^# TYPE (\S+) (\S+)$", (await client.get("/metrics")).text, re.MULTILINE))
    rising = {name for name, kind in kinds.items() if kind == "counter"} | {
        f"{name}_{part}"
        for name, kind in kinds.items()
        if kind == "histogram"
        for part in ("bucket", "sum", "count")
    }
    for expression in expressions():
        rated = set(re.findall(r"\b(?:i?rate|increase)\(([a-zA-Z_:][\w:]*)", expression))
        assert rated == metrics_of(expression) & rising, expression


def test_each_label_is_one_of_the_service_and_each_event_one_of_the_cache() -> None:
    events = set(asdict(Metrics().counters)) | set(Metrics().snapshot()) | {"timed_loads", "lease_requests"}
    for expression in expressions():
        matchers = re.findall(r'(\w+)\s*(?:=~|!~|!=|=)\s*"([^"]*)"', expression)
        assert {label for label, _ in matchers} <= LABELS, expression
        for label, value in matchers:
            if label == "event":
                assert set(value.split("|")) <= events, expression
            if label == "code":
                assert value in {code.value for code in Code}
        for group in re.findall(r"\b(?:by|without) \(([^)]*)\)", expression):
            assert {each.strip() for each in group.split(",")} <= LABELS, expression


def test_each_alert_has_a_severity_a_summary_an_action_and_a_test() -> None:
    tested = {
        each["alertname"]
        for group in msgspec.yaml.decode(prometheus.TESTS.read_bytes())["tests"]
        for each in group.get("alert_rule_test", ())
        if each["exp_alerts"]
    }
    alerts = {rule["alert"]: rule for rule in rules() if "alert" in rule}
    assert tested == set(alerts)
    for rule in alerts.values():
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert set(rule["annotations"]) == {"summary", "action"}


def test_each_panel_says_what_it_shows_and_has_a_place_of_its_own() -> None:
    panels = dashboard()["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not taken & cells, panel["title"]
        taken |= cells
        if panel["type"] != "row":
            assert panel["description"]
            assert panel["datasource"]["uid"] == "${datasource}"
            assert all(target["expr"] for target in panel["targets"])


def test_prometheus_accepts_the_rules_and_their_tests_pass() -> None:
    try:
        promtool = prometheus.program("promtool")
    except Unusable as why:
        pytest.skip(f"no promtool is installed, and the distribution's package cannot be had: {why.message}")
    prometheus.check_rules(promtool)
