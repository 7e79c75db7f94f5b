"""The service's metrics, in Prometheus' terms.

The objects live in the client library's default registry, as is its custom. With several workers the library
keeps the metrics in files (`PROMETHEUS_MULTIPROC_DIR`, set by `server.run_workers`), and the /metrics of each
worker reports the metrics of all. The files are named for the worker's slot and not, as by default, for its
process id: the successor of a dead worker continues its counters, and no file is left over. A worker is forked after
the import of this module; the library opens the files of the new name at the next change of a metric.
"""

import os
from pathlib import Path
from typing import Any, cast

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
    multiprocess,
    values,
)
from prometheus_client.registry import REGISTRY

from product_dashboard.observability.metrics_folder import MULTIPROCESS_DIRECTORY

_SUPERVISOR = "supervisor"
_owner = [_SUPERVISOR]  # whose metrics this process changes: of the supervisor, or of the worker in a slot

if MULTIPROCESS_DIRECTORY in os.environ:
    _values = cast("Any", values)  # prometheus_client leaves it untyped
    _values.ValueClass = _values.MultiProcessValue(lambda: _owner[0])

disable_created_metrics()  # type: ignore[no-untyped-call]  # it would add a time to each metric


class Level:
    """A gauge that changes several times in a request: a plain number, exported by `publishing`."""

    __slots__ = ("_gauge", "_value")

    def __init__(self, name: str, documentation: str) -> None:
        self._gauge = Gauge(name, documentation, multiprocess_mode="livesum")
        self._value = 0

    def inc(self) -> None:
        self._value += 1

    def dec(self) -> None:
        self._value -= 1

    def publish(self) -> None:
        """Export the current value."""
        self._gauge.set(self._value)


class Tally:
    """A counter that changes with each request: a plain number, exported by `publishing`."""

    __slots__ = ("_counter", "_exported", "count")

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._exported = 0
        self.count = 0

    def inc(self) -> None:
        self.count += 1

    def publish(self) -> None:
        """Export what was counted since the last call."""
        grown = self.count - self._exported
        self._counter.inc(grown)
        self._exported += grown


DURATION_BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
REQUESTS = Counter("http_requests_total", "Answers sent.", ["method", "route", "status"])
REQUEST_SECONDS = Histogram(
    "http_request_duration_seconds",
    "Time from a request's arrival in the application to the end of its answer.",
    ["method", "route"],
    buckets=DURATION_BOUNDS,
)
REQUESTS_RUNNING = Level("http_requests_in_progress", "Requests being answered now.")
POOL_IN_USE = Level("db_pool_connections_in_use", "Database connections lent out.")
POOL_WAITING = Level("db_pool_waiting", "Requests waiting for a database connection.")
LEVELS = (REQUESTS_RUNNING, POOL_IN_USE, POOL_WAITING)
POOL_REFUSED = Counter(
    "db_pool_refused_total", "Requests refused because the pool's queue was full or too slow."
)
READS = Counter("db_reads_total", "Loads of lists and reports, by the server that answered.", ["server"])
READS_MOVED = Counter(
    "db_reads_moved_total", "Loads of lists and reports moved from a secondary to the primary.", ["reason"]
)
SECONDARY_WAIT_SECONDS = Histogram(
    "db_secondary_wait_seconds",
    "Time from the beginning of a load to the moment when a secondary has all that it must show.",
    buckets=DURATION_BOUNDS,
)
DEADLOCK_RETRIES = Counter("db_deadlock_retries_total", "Transactions begun again after a deadlock.")
CONNECTIONS = Gauge("http_connections", "Connections of clients.", multiprocess_mode="livesum")
LISTENERS = Gauge("http_event_listeners", "Clients that listen to events.", multiprocess_mode="livesum")
CONNECTIONS_CUT = Counter(
    "http_connections_cut_total", "Connections ended because a client was too slow or sent too much.", ["why"]
)
REFUSED = Counter(
    "http_requests_refused_total", "Requests refused before they were routed, by error code.", ["code"]
)
_WITHOUT_ROUTING = Counter(
    "http_requests_without_routing_total",
    "Requests answered by recipes: known by their bytes and not parsed, or known by their target and not routed.",
    ["known_by"],
)
ANSWERED_BY_BYTES = Tally(_WITHOUT_ROUTING.labels("bytes"))
ANSWERED_BY_TARGET = Tally(_WITHOUT_ROUTING.labels("target"))
TALLIES = (ANSWERED_BY_BYTES, ANSWERED_BY_TARGET)
LOG_LINES_DROPPED = Counter(
    "log_lines_dropped_total", "Log lines lost: the queue was full, or the output failed.", ["reason"]
)

SPANS_DROPPED = Counter(
    "trace_spans_dropped_total",
    "Spans of traces lost: the queue was full, the collector did not take them, or the end of the process.",
    ["reason"],
)
SPANS_EXPORTED = Counter("trace_spans_exported_total", "Spans of traces that the collector has taken.")
# Prometheus sees no increase in the first value of a series. These begin at 0, so that an alert sees the first loss.
for _counter, _reasons in (
    (LOG_LINES_DROPPED, ("queue_full", "not_rendered", "write_failed")),
    (SPANS_DROPPED, ("queue_full", "not_taken", "end")),
    (READS, ("primary", "secondary")),
    (READS_MOVED, ("lag", "ahead", "error", "none")),
):
    for _reason in _reasons:
        _counter.labels(_reason)


def render_metrics() -> bytes:
    """Return all metrics in the text format, those of all workers included."""
    if MULTIPROCESS_DIRECTORY in os.environ:
        registry = CollectorRegistry()
        cast("Any", multiprocess).MultiProcessCollector(registry)  # prometheus_client leaves it untyped
        return generate_latest(registry)
    return generate_latest(REGISTRY)


def use_slot(slot: int) -> None:
    """Keep the metrics of this process, a worker, as those of the slot from now on."""
    _owner[0] = str(slot)
    REQUESTS_RUNNING.publish()  # the library opens the files, for all metrics


def delete_metrics_of_supervisor() -> None:
    """Delete the files that the library made at the import: a supervisor answers no request, and has no metrics."""
    for file in Path(os.environ[MULTIPROCESS_DIRECTORY]).glob(f"*_{_SUPERVISOR}.db"):
        file.unlink()


def forget_worker(slot: int) -> None:
    """Drop the gauges of the worker that died in this slot; the next one continues its counters."""
    cast("Any", multiprocess).mark_process_dead(slot)  # prometheus_client leaves it untyped
