"""The service's figures, in Prometheus' terms.

The objects live in the client library's default registry, as is its custom. With several workers the library
keeps the figures in files (`PROMETHEUS_MULTIPROC_DIR`, set by `server.run_workers`), and the /metrics of each
worker reports the figures of all.
"""

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
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
)
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.registry import REGISTRY

MULTIPROCESS_DIRECTORY = "PROMETHEUS_MULTIPROC_DIR"

disable_created_metrics()  # type: ignore[no-untyped-call]  # a time beside each figure that nobody asks for

REQUESTS = Counter("http_requests_total", "Answers sent.", ["method", "route", "status"])
REQUEST_SECONDS = Histogram(
    "http_request_duration_seconds",
    "Time from a request's arrival in the application to the end of its answer.",
    ["method", "route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
REQUESTS_RUNNING = Gauge(
    "http_requests_in_progress", "Requests being answered now.", multiprocess_mode="livesum"
)
POOL_IN_USE = Gauge(
    "db_pool_connections_in_use", "Database connections lent out.", multiprocess_mode="livesum"
)
POOL_WAITING = Gauge(
    "db_pool_waiting", "Requests waiting for a database connection.", multiprocess_mode="livesum"
)
POOL_REFUSED = Counter(
    "db_pool_refused_total", "Requests refused because the pool's queue was full or too slow."
)
DEADLOCK_RETRIES = Counter("db_deadlock_retries_total", "Transactions begun again after a deadlock.")
CONNECTIONS = Gauge("http_connections", "Connections of clients.", multiprocess_mode="livesum")
CONNECTIONS_CUT = Counter(
    "http_connections_cut_total", "Connections ended because a client was too slow or sent too much.", ["why"]
)
LOG_LINES_DROPPED = Counter(
    "log_lines_dropped_total", "Log lines lost: the queue was full, or the output failed.", ["reason"]
)


def render_metrics() -> bytes:
    """Return all figures in the text format, those of all workers included."""
    folder = os.environ.get(MULTIPROCESS_DIRECTORY)
    if folder is None:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    cast("Any", multiprocess).MultiProcessCollector(registry)  # prometheus_client leaves it untyped
    with _locked(folder, fcntl.LOCK_SH):
        return generate_latest(registry)


def forget_worker(pid: int) -> None:
    """Drop a dead worker's gauges; keep its counters, in one file for all dead workers."""
    folder = Path(os.environ[MULTIPROCESS_DIRECTORY])
    cast("Any", multiprocess).mark_process_dead(pid)  # prometheus_client leaves it untyped
    with _locked(folder, fcntl.LOCK_EX):
        for kind in ("counter", "histogram"):
            source = folder / f"{kind}_{pid}.db"
            if source.exists():
                _add_values(source, folder / f"{kind}_dead.db")
                source.unlink()


def _add_values(source: Path, target: Path) -> None:
    files = cast("Any", MmapedDict)  # prometheus_client leaves it untyped
    merged = files(str(target))
    for key, value, timestamp, _ in files.read_all_values_from_file(str(source)):
        merged.write_value(key, merged.read_value(key)[0] + value, timestamp)
    merged.close()


@contextmanager
def _locked(folder: str | Path, kind: int) -> Generator[None, None, None]:
    """Hold a lock on the files: who reads them while two become one would count twice, or miss a file."""
    with Path(folder, "lock").open("a") as file:
        fcntl.flock(file, kind)
        yield
