"""What is logged, and in which form."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from litestar import Litestar

from product_dashboard.app import create_app
from product_dashboard.observability.logs import configure_logging
from product_dashboard.settings import LogSettings, Settings
from tests.api_client import Api, running


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Logging is of the whole process: leave it as it was found."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


def written(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


async def test_each_request_is_one_line_of_json(settings: Settings) -> None:
    stream = io.StringIO()
    configure_logging(LogSettings(format="json"), stream)
    async with running(create_app(with_request_log(settings))) as app, Api(app) as client:
        response = await client.get("/api/v1/products?page_size=3", headers={"x-request-id": "mine"})
        await client.get("/health/live")
        await client.get("/metrics")
        await client.get("/nothing")
    lines = [line for line in written(stream) if line["event"] == "request"]
    assert [(line["method"], line["path"], line["status"]) for line in lines] == [
        ("GET", "/api/v1/products", 200),
        ("GET", "/nothing", 404),
    ]
    assert lines[0]["request_id"] == response.headers["x-request-id"] == "mine"
    assert set(lines[0]) >= {"ms", "client", "timestamp", "level"}


def with_request_log(settings: Settings) -> Settings:
    from msgspec.structs import replace  # noqa: PLC0415 - used here alone

    return replace(settings, log=LogSettings(requests=True))


async def test_a_failure_has_its_traceback_and_its_request(
    app: Litestar, client: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise RuntimeError("what went wrong")

    monkeypatch.setattr("generated.categories.get_category", fail)
    stream = io.StringIO()
    configure_logging(LogSettings(format="json"), stream)
    await client.get(
        "/api/v1/categories/019aab28-7c20-7a01-8d3e-4b5c6d7e8f90", headers={"x-request-id": "r1"}
    )
    (line,) = (line for line in written(stream) if line.get("logger") != "httpx")
    assert (line["event"], line["level"], line["request_id"]) == ("request.failed", "error", "r1")
    assert "RuntimeError: what went wrong" in str(line["exception"])
    assert app


def test_the_standard_library_logs_in_the_same_form() -> None:
    stream = io.StringIO()
    configure_logging(LogSettings(format="json"), stream)
    logging.getLogger("somebody").warning("%d things", 3)
    (line,) = written(stream)
    assert (line["event"], line["level"], line["logger"]) == ("3 things", "warning", "somebody")


def test_a_level_leaves_out_what_is_below_it() -> None:
    stream = io.StringIO()
    configure_logging(LogSettings(format="json", level="warning"), stream)
    structlog.get_logger().info("left out")
    logging.getLogger("somebody").info("left out")
    structlog.get_logger().warning("kept")
    assert [line["event"] for line in written(stream)] == ["kept"]


def test_anything_can_be_logged() -> None:
    stream = io.StringIO()
    configure_logging(LogSettings(format="json"), stream)
    structlog.get_logger().info("odd", thing=object(), error=ValueError("x"), surrogate="\ud800"[:0])
    (line,) = written(stream)
    assert line["error"] == "x"


def test_people_get_text() -> None:
    stream = io.StringIO()
    configure_logging(LogSettings(format="console"), stream)
    structlog.get_logger().info("hello", who="world")
    assert "hello" in stream.getvalue()
    assert "who=world" in stream.getvalue()
