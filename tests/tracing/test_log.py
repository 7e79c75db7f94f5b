"""The lines of the log name the trace of their request."""

import pytest

from product_dashboard.settings import LogSettings, TracingSettings
from tests.api_client import Api
from tests.observability.test_logs import Log, log
from tests.recipes.conftest import get
from tests.tracing.collector import Collector
from tests.tracing.conftest import Serve, until_known

pytestmark = pytest.mark.any_server  # the spans of a server are in test_spans.py

__all__ = ["log"]  # the fixture


async def test_each_line_of_a_request_has_its_trace(
    serve: Serve, collector: Collector, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    settings = LogSettings(format="json", requests=True)
    log.configure(settings)
    path = "/api/v1/categories?page_size=3"
    tracing = TracingSettings(endpoint=collector.endpoint)
    async with serve(tracing, log=settings) as service, Api(service.app) as api:
        ordinary = (await api.get(path)).headers["traceresponse"]
        async with service.connection() as connection:
            direct = (await until_known(connection, get(path)))["traceresponse"]
            await connection.ask(get("/nothing"))
        with monkeypatch.context() as patch:
            patch.setattr("generated.categories.get_category", fail)
            failed = await api.get("/api/v1/categories/019aab28-7c20-7a01-8d3e-4b5c6d7e8f90")
    lines = log.lines()
    requests = [line for line in lines if line["event"] == "request"]
    assert requests[0]["trace_id"] == ordinary.split("-")[1]
    assert direct.split("-")[1] in {line["trace_id"] for line in requests}
    assert len({line["trace_id"] for line in requests}) == len(requests)
    trace_id = failed.headers["traceresponse"].split("-")[1]
    assert {line["event"] for line in lines if line.get("trace_id") == trace_id} == {
        "request.failed",
        "request",
    }
    assert [line for line in lines if line["event"] == "service.stopped" and "trace_id" in line] == []
