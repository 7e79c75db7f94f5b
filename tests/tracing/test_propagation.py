"""W3C Trace Context: whose child a request is, and whether it is recorded."""

import asyncio
import secrets
from typing import Any

import pytest

from product_dashboard.settings import Sampler, TracingSettings
from product_dashboard.tracing.export import Tracing
from product_dashboard.tracing.requests import TracedObserver
from tests.recipes.conftest import get
from tests.tracing.collector import Collector
from tests.tracing.conftest import Traced, until_known

pytestmark = pytest.mark.any_server  # the spans of a server are in test_spans.py

PATH = "/api/v1/categories"


def parent(*, sampled: bool) -> tuple[str, str, str]:
    """A new trace id, a new span id, and the header that names them."""
    trace_id, span_id = secrets.token_hex(16), secrets.token_hex(8)
    return trace_id, span_id, f"00-{trace_id}-{span_id}-{'01' if sampled else '00'}"


async def test_a_request_is_a_child_of_its_callers_span(traced: Traced) -> None:
    trace_id, span_id, header = parent(sampled=True)
    response = await traced.api.get(PATH, headers={"traceparent": header, "tracestate": "vendor=1"})
    spans = await traced.spans(response.headers["traceresponse"])
    assert (spans.root.trace_id, spans.root.parent_id) == (trace_id, span_id)
    assert spans.root.sent.trace_state == "vendor=1"


async def test_an_answer_of_a_recipe_is_a_child_of_its_callers_span(traced: Traced) -> None:
    product = await traced.api.product(name="Lamp of a caller")
    path = f"/api/v1/products/{product['id']}"
    trace_id, span_id, header = parent(sampled=True)
    async with traced.service.connection() as connection:
        await until_known(connection, get(path))
        answer = await connection.ask(get(path, f"traceparent: {header}"))
    spans = await traced.spans(answer["traceresponse"])
    assert spans.tree() == ["GET /api/v1/products/{product_id}"], "the framework has not seen it"
    assert (spans.root.trace_id, spans.root.parent_id) == (trace_id, span_id)


async def test_a_request_whose_caller_does_not_sample_has_its_trace_and_no_spans(traced: Traced) -> None:
    trace_id, _, header = parent(sampled=False)
    response = await traced.api.get(PATH, headers={"traceparent": header})
    _, answered, _, flags = response.headers["traceresponse"].split("-")
    assert (answered, int(flags, 16) & 1) == (trace_id, 0)
    later = await traced.api.get(PATH)
    await traced.spans(later.headers["traceresponse"])
    assert trace_id not in {span.trace_id for span in traced.collector.spans}


@pytest.mark.parametrize(
    "headers",
    [
        [("traceparent", "00-" + "0" * 32 + "-" + "1" * 16 + "-01")],
        [("traceparent", "ff-" + "1" * 32 + "-" + "1" * 16 + "-01")],
        [("traceparent", "nonsense")],
        [("traceparent", "")],
        [("traceparent", f"00-{each * 32}-{each * 16}-01") for each in "12"],
        [("traceparent", "00-" + "1" * 32 + "-" + "1" * 16 + "-01" + "x" * 1000)],
        [("traceparent", b"\xff\xfe".decode("latin-1"))],
        [("tracestate", "vendor=1")],
    ],
)
async def test_a_header_that_names_no_parent_begins_a_new_trace(
    traced: Traced, headers: list[tuple[str, str]]
) -> None:
    sent = [(name.encode(), value.encode("latin-1")) for name, value in headers]
    response = await traced.api.get(PATH, headers=sent)
    spans = await traced.spans(response.headers["traceresponse"])
    assert spans.root.parent_id == ""
    assert spans.root.trace_id not in {"1" * 32, "2" * 32}


@pytest.mark.parametrize(
    ("sampler", "ratio", "alone", "of_sampled", "of_unsampled"),
    [
        ("always_on", 1.0, True, True, True),
        ("always_off", 1.0, False, False, False),
        ("traceidratio", 0.0, False, False, False),
        ("parentbased_always_on", 0.0, True, True, False),
        ("parentbased_always_off", 1.0, False, True, False),
        ("parentbased_traceidratio", 0.0, False, True, False),
    ],
)
async def test_the_sampler_decides_which_requests_are_recorded(
    collector: Collector, sampler: Sampler, ratio: float, *, alone: bool, of_sampled: bool, of_unsampled: bool
) -> None:
    tracing = Tracing(TracingSettings(endpoint=collector.endpoint, sampler=sampler, ratio=ratio))
    observer = TracedObserver(_nothing, tracer=tracing.tracer, timeout_s=10, log_requests=False, allow={})
    async with tracing.running():
        sent = [
            await asked(observer),
            await asked(observer, parent(sampled=True)[2]),
            await asked(observer, parent(sampled=False)[2]),
        ]
    # The end has sent what there was.
    recorded = {span.span_id for span in collector.spans}
    assert [span_id in recorded for span_id, _ in sent] == [alone, of_sampled, of_unsampled]
    assert [flags & 1 for _, flags in sent] == [alone, of_sampled, of_unsampled]


async def _nothing(_: Any, __: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def asked(observer: TracedObserver, traceparent: str | None = None) -> tuple[str, int]:
    """The span id and the flags in the answer to a request."""
    headers = [] if traceparent is None else [(b"traceparent", traceparent.encode())]
    scope: Any = {
        "type": "http", "method": "GET", "path": "/", "scheme": "http", "headers": headers, "state": {},
        "client": None,
    }  # fmt: skip
    answered: list[Any] = []

    async def send(message: Any) -> None:
        answered.append(message)

    receive: Any = None
    await observer(scope, receive, send)
    _, _, span_id, flags = dict(answered[0]["headers"])[b"traceresponse"].decode().split("-")
    return span_id, int(flags, 16)


async def test_requests_at_the_same_time_keep_their_traces_apart(traced: Traced) -> None:
    parents = [parent(sampled=True) for _ in range(20)]
    answers = await asyncio.gather(
        *(
            traced.api.get(f"{PATH}?page={n + 1}", headers={"traceparent": p[2]})
            for n, p in enumerate(parents)
        )
    )
    for (trace_id, span_id, _), answer in zip(parents, answers, strict=True):
        spans = await traced.spans(answer.headers["traceresponse"])
        assert (spans.root.trace_id, spans.root.parent_id) == (trace_id, span_id)
        assert sum(span.name == "cache categories" for span in spans.all) == 1
