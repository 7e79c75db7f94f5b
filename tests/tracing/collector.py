"""A collector of traces on a loopback port: it speaks OTLP over HTTP, and fails on demand."""

import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span as Sent

Mode = Literal["takes", "refuses", "stalls"]


@dataclass(frozen=True)
class Span:
    """A span that arrived. `resource` has the attributes of its process."""

    sent: Sent
    resource: dict[str, Any]

    @property
    def name(self) -> str:
        return self.sent.name

    @property
    def trace_id(self) -> str:
        return bytes(self.sent.trace_id).hex()

    @property
    def span_id(self) -> str:
        return bytes(self.sent.span_id).hex()

    @property
    def parent_id(self) -> str:
        return bytes(self.sent.parent_span_id).hex()

    @property
    def kind(self) -> str:
        return str(Sent.SpanKind.Name(self.sent.kind)).removeprefix("SPAN_KIND_")

    @property
    def failed(self) -> bool:
        return self.sent.status.code == self.sent.status.STATUS_CODE_ERROR

    @property
    def seconds(self) -> float:
        return (self.sent.end_time_unix_nano - self.sent.start_time_unix_nano) / 1e9

    def __getitem__(self, name: str) -> Any:
        return _attributes(self.sent.attributes)[name]

    def __contains__(self, name: object) -> bool:
        return name in _attributes(self.sent.attributes)

    def texts(self) -> str:
        """Everything that the span says, to look for what it must not say."""
        return str(self.sent)


def _attributes(pairs: Any) -> dict[str, Any]:
    return {pair.key: getattr(pair.value, pair.value.WhichOneof("value")) for pair in pairs}


@dataclass
class Collector:
    """A running collector, and the spans that it has received."""

    endpoint: str = ""
    mode: Mode = "takes"
    spans: list[Span] = field(default_factory=list[Span])
    requests: int = 0
    released: threading.Event = field(default_factory=threading.Event)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def receive(self, body: bytes) -> None:
        request = ExportTraceServiceRequest.FromString(body)
        found = [
            Span(sent, _attributes(group.resource.attributes))
            for group in request.resource_spans
            for scope in group.scope_spans
            for sent in scope.spans
        ]
        with self.changed:
            self.spans += found
            self.changed.notify_all()

    def wait_for(self, enough: Callable[[list[Span]], bool]) -> list[Span]:
        """Wait until `enough` spans are there; return all of them."""
        with self.changed:
            assert self.changed.wait_for(lambda: enough(self.spans), 30), [span.name for span in self.spans]
            return list(self.spans)

    def trace(self, trace_id: str, *, ended_by: Callable[[Span], bool]) -> list[Span]:
        """Wait for the span that ends a trace; return the spans of this trace that have arrived by then.

        A span leaves its process after those that ended before it.
        """
        found = self.wait_for(lambda all_: any(each.trace_id == trace_id and ended_by(each) for each in all_))
        return [each for each in found if each.trace_id == trace_id]


@contextmanager
def collecting(mode: Mode = "takes") -> Generator[Collector]:
    """Run a collector."""
    collector = Collector(mode=mode)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            assert self.path == "/v1/traces"
            body = self.rfile.read(int(self.headers["content-length"]))
            with collector.changed:
                collector.requests += 1
                collector.changed.notify_all()
            if collector.mode == "stalls":
                collector.released.wait(60)
                self.close_connection = True
                return
            if collector.mode == "takes":
                collector.receive(body)
            self.send_response(200 if collector.mode == "takes" else 400)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that it has
            """Write nothing to standard error."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    collector.endpoint = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield collector
    finally:
        collector.released.set()
        server.shutdown()
        server.server_close()
        thread.join()


def until(condition: Callable[[], bool], what: str) -> None:
    """Wait until the condition holds."""
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.005)
