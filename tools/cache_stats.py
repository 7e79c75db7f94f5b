"""Prints the counts of the cache of the running API since its start: `just cache-stats`.

Reads /metrics of the API that `just up` has started, or of the one at HOST and PORT if PORT is set. If the API asks for
keys, API_KEY must be one with the scope `metrics`. Counts are shown as the service counts them; shares and means are
computed here.
"""

import os
import re
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from http import HTTPStatus

from rich.console import Console
from rich.table import Table

from tools.stack.errors import StackError
from tools.stack.service import address_to_ask

_SAMPLE = re.compile(r'^cache_(?:events_total\{event="(\w+)"\}|(\w+)) (\S+)$', re.MULTILINE)
_ANSWERS = ("hits", "misses", "bypasses")
# Computed from, or shown otherwise, below.
_NOT_LISTED = {"believed", "load_seconds_total", "timed_loads", "redis_seconds_total", "lease_requests"}
_MEANS = (
    ("load_seconds_total", "timed_loads", "mean load"),
    ("redis_seconds_total", "lease_requests", "mean round trip to Redis"),
)


def parse(exposition: str) -> dict[str, float]:
    """Return the cache's counts by name, from Prometheus' text format."""
    return {event or name: float(value) for event, name, value in _SAMPLE.findall(exposition)}


def rows(counts: Mapping[str, float]) -> list[tuple[str, str]]:
    """Return the lines to show, a name and a text each: computed figures, then the counts that are not zero."""
    answers = sum(counts.get(name, 0) for name in _ANSWERS)
    shown = [("answers", f"{answers:,.0f}")]
    if answers:
        shown.append(("share of hits", f"{100 * counts.get('hits', 0) / answers:.1f} %"))
    for seconds, number, what in _MEANS:
        if count := counts.get(number, 0):
            shown.append((what, f"{1000 * counts[seconds] / count:.2f} ms"))
    shown.append(("Redis is believed", "yes" if counts.get("believed") else "no"))
    listed = ((name, value) for name, value in counts.items() if name not in _NOT_LISTED and value)
    return [*shown, *((name.replace("_", " "), f"{value:,.0f}") for name, value in listed)]


def main() -> int:
    """Print the table; 1 when no API answers. API_KEY is the key to send, if the API asks for one."""
    try:
        base = address_to_ask(os.environ).url
    except StackError as error:
        print(f"cache-stats: {error}", file=sys.stderr)
        return 1
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(f"{base}/metrics")  # noqa: S310 - always http://
    if key := os.environ.get("API_KEY"):
        request.add_header("Authorization", f"Bearer {key}")
    try:
        with opener.open(request, timeout=5) as response:
            counts = parse(response.read().decode())
    except urllib.error.HTTPError as error:
        print(f"cache-stats: {base}/metrics answers {error.code} {error.reason}", file=sys.stderr)
        if error.code in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            print(
                "  hint: `just api-key NAME metrics` makes a key; then API_KEY=KEY just cache-stats",
                file=sys.stderr,
            )
        return 1
    except OSError as error:  # also a URLError, which has the reason
        reason = getattr(error, "reason", error)
        print(f"cache-stats: no API answers at {base}: {reason}\n  hint: `just up`", file=sys.stderr)
        return 1
    table = Table("", "", show_header=False, title=f"The cache of {base}, since its start")
    table.columns[1].justify = "right"
    for row in rows(counts):
        table.add_row(*row)
    Console().print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
