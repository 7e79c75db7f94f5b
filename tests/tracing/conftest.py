"""Traced applications of this process, and a collector for them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

import msgspec
import pytest

from product_dashboard.settings import Settings, TracingSettings
from tests.api_client import Api
from tests.recipes.conftest import Answer, Connection, Service, serving
from tests.server.conftest import database_url, start
from tests.tracing.collector import Collector, Span, collecting

__all__ = ["database_url", "start"]  # the fixtures that start the service as a process


@pytest.fixture(scope="session", autouse=True)
def _export_soon() -> Iterator[None]:
    """The thread of OpenTelemetry waits so many ms for more spans; 5,000 by default."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OTEL_BSP_SCHEDULE_DELAY", "20")
        yield


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    with collecting() as found:
        yield found


Serve = Callable[..., AbstractAsyncContextManager[Service]]


@pytest.fixture(scope="session")
def serve(settings: Settings) -> Serve:
    """Serves with other settings of tracing on a loopback port."""

    def started(tracing: TracingSettings, **changes: object) -> AbstractAsyncContextManager[Service]:
        return serving(msgspec.structs.replace(settings, tracing=tracing, **changes))

    return started


@pytest.fixture(scope="module")
async def traced(serve: Serve, collector: Collector) -> AsyncIterator["Traced"]:
    """A traced service, and its collector."""
    async with serve(TracingSettings(endpoint=collector.endpoint)) as service, Api(service.app) as api:
        yield Traced(service, api, collector)


@dataclass
class Traced:
    service: Service
    api: Api
    collector: Collector

    async def spans(self, traceresponse: str) -> "Spans":
        """The spans of the request that was answered with this header; the request's is the last one to end."""
        _, trace_id, span_id, _ = traceresponse.split("-")
        found = await asyncio.to_thread(
            self.collector.trace, trace_id, ended_by=lambda span: span.span_id == span_id
        )
        return Spans(found, next(span for span in found if span.span_id == span_id))


async def until_known(connection: Connection, request: bytes) -> Answer:
    """Repeat a request until a recipe answers it: it is a hit, and was one before, from which the recipe was learnt."""
    hits = 0
    while True:
        answer = await connection.ask(request)
        hits += answer["x-cache"] == "HIT"
        if hits > 2:
            return answer


@dataclass
class Spans:
    """The spans of one request; `root` is that of the request itself."""

    all: list[Span]
    root: Span

    def named(self, name: str) -> Span:
        (found,) = (span for span in self.all if span.name == name)
        return found

    def tree(self, span: Span | None = None, depth: int = 0) -> list[str]:
        """The names, each indented by its depth, in the order of their beginnings."""
        span = span or self.root
        inner = sorted(
            (each for each in self.all if each.parent_id == span.span_id),
            key=lambda each: each.sent.start_time_unix_nano,
        )
        return ["  " * depth + span.name, *(name for each in inner for name in self.tree(each, depth + 1))]
