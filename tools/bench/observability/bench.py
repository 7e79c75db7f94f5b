"""Measures the CPU time of a request's log line and of its figures, compared with the usual way to write them.

The usual way is structlog with the processors of the service, and a counter, a histogram and a gauge of
prometheus_client. Rounds alternate, so that other load on the machine slows each of them equally; the table shows the
least times and the medians. "event loop" is the CPU time of the thread that answers requests; "process" has the time
of the log's thread too. The log goes to /dev/null. With --workers the figures are kept in files, as with several
workers.
"""

import argparse
import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import structlog
from rich.console import Console
from rich.table import Table

from product_dashboard.observability.metrics_folder import MULTIPROCESS_DIRECTORY
from product_dashboard.settings import LogSettings

Step = Callable[[], object]
ROUTE = "/api/v1/products/{product_id}"
PATH = "/api/v1/products/019aab28-7c20-7a01-8d3e-4b5c6d7e8f90"


def steps() -> dict[str, Step]:
    """The steps to compare, by name."""
    # Imported here, because the import decides where the figures are kept.
    from prometheus_client import Counter, Gauge, Histogram

    from product_dashboard.observability import metrics
    from product_dashboard.observability.logs import configure_logging, info_writer
    from product_dashboard.observability.request_ids import begin_request
    from product_dashboard.observability.request_metrics import REQUEST_METRICS

    if MULTIPROCESS_DIRECTORY in os.environ:
        metrics.use_slot(0)
    configure_logging(LogSettings(format="json"), os.open(os.devnull, os.O_WRONLY))
    begin_request([])
    write = info_writer()
    assert write is not None
    log = structlog.get_logger().bind()
    labels = ["method", "route", "status"]
    requests = Counter("bench_requests_total", "Requests.", labels).labels("GET", ROUTE, "200")
    durations = Histogram("bench_seconds", "Durations.", labels, buckets=metrics.DURATION_BOUNDS)
    duration = durations.labels("GET", ROUTE, "200")
    running = Gauge("bench_running", "Requests now.", multiprocess_mode="livesum")

    def usual_figures() -> None:
        running.inc()
        requests.inc()
        duration.observe(0.004)
        running.dec()

    def figures() -> None:
        metrics.REQUESTS_RUNNING.inc()
        REQUEST_METRICS.count("GET", ROUTE, 200, 0.004)
        metrics.REQUESTS_RUNNING.dec()

    return {
        "log line, structlog": lambda: log.info(
            "request", method="GET", path=PATH, status=200, ms=4.0, client="192.0.2.1"
        ),
        "log line": lambda: write(
            {
                "event": "request",
                "method": "GET",
                "path": PATH,
                "status": 200,
                "ms": 4.0,
                "client": "192.0.2.1",
            }
        ),
        "figures, prometheus_client": usual_figures,
        "figures": figures,
    }


def observers() -> dict[str, Any]:
    """The observer of requests around an application that does nothing: its log off and on, then with traces.

    The traces go to no collector: to encode and send them costs a thread as much again.
    """
    # Imported here for the same reason.
    from product_dashboard.observability.requests import RequestObserver
    from product_dashboard.settings import Sampler, TracingSettings
    from product_dashboard.tracing.export import Tracing
    from product_dashboard.tracing.requests import TracedObserver

    def observer(*, log_requests: bool) -> RequestObserver:
        return RequestObserver(_application, timeout_s=10, log_requests=log_requests, allow={})

    def traced(sampler: Sampler) -> RequestObserver:
        tracer = Tracing(TracingSettings(endpoint="http://127.0.0.1", sampler=sampler)).tracer
        return TracedObserver(_application, timeout_s=10, log_requests=True, allow={}, tracer=tracer)

    return {
        "application": _application,
        "observer": observer(log_requests=False),
        "observer, log of requests": observer(log_requests=True),
        "the same, traces: not sampled": traced("always_off"),
        "the same, traces: sampled": traced("always_on"),
    }


async def _application(scope: Any, _: Any, send: Any) -> None:
    scope["path_template"] = ROUTE
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


def _scope() -> Any:
    return {
        "type": "http", "method": "GET", "path": PATH, "query_string": b"", "state": {}, "scheme": "http",
        "headers": [(b"host", b"api.example.org"), (b"accept", b"application/json")],
        "client": ("192.0.2.1", 50_000),
    }  # fmt: skip


async def _ask(app: Any, times: int) -> None:
    async def send(message: Any) -> None: ...

    for _ in range(times):
        await app(_scope(), None, send)


def _run(app: Any, times: int) -> None:
    asyncio.run(_ask(app, times))


def _repeat(step: Step, times: int) -> None:
    for _ in range(times):
        step()


def measure(work: Callable[[], None], times: int) -> tuple[float, float]:
    """The CPU time of each of `times` steps, in microseconds: of this thread, and of the process."""
    thread, process = time.thread_time(), time.process_time()
    work()
    thread = time.thread_time() - thread
    time.sleep(0.1)  # the thread of the log ends its batch
    return thread / times * 1e6, (time.process_time() - process) / times * 1e6


def main(argv: Sequence[str]) -> int:
    """Print the table; the exit status."""
    parser = argparse.ArgumentParser(prog="just bench observability", description=__doc__)
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--times", type=int, default=5000, help="requests in each round (default 5,000)")
    parser.add_argument("--workers", action="store_true", help="keep the figures in files")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        if options.workers:
            os.environ[MULTIPROCESS_DIRECTORY] = folder
        work = {name: partial(_repeat, step, options.times) for name, step in steps().items()}
        work |= {name: partial(_run, app, options.times) for name, app in observers().items()}
        found: dict[str, list[tuple[float, float]]] = {name: [] for name in work}
        for _ in range(options.rounds):
            for name, each in work.items():
                found[name].append(measure(each, options.times))
    show(found)
    return 0


def show(found: dict[str, list[tuple[float, float]]]) -> None:
    """Print the least and the median CPU times of each step."""
    table = Table("us of CPU", "event loop", "median", "process", "median", title="One request")
    for name, times in found.items():
        cells = [
            f"{choose(column):.2f}"
            for column in zip(*times, strict=True)
            for choose in (min, statistics.median)
        ]
        table.add_row(name, *cells)
    Console().print(table)
