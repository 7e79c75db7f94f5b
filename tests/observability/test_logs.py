"""The lines of the log, and their form."""

import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import structlog

from product_dashboard.app import create_app
from product_dashboard.observability.log_output import LogOutput
from product_dashboard.observability.logs import configure_logging
from product_dashboard.settings import LogSettings, Settings
from tests.api_client import Api, running

JSON = LogSettings(format="json")


class Log:
    """A log that is written to a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fd = os.open(path, os.O_WRONLY | os.O_CREAT)
        self._output: LogOutput | None = None

    def configure(self, settings: LogSettings) -> None:
        self._output = configure_logging(settings, self._fd)

    def text(self) -> str:
        """End the log and return all of it."""
        assert self._output is not None
        self._output.close()
        return self._path.read_text()

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text().splitlines()]

    def close(self) -> None:
        os.close(self._fd)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    """Logging belongs to the whole process: it is left as it was found."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    log = Log(tmp_path / "log")
    yield log
    log.close()
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


async def test_each_request_is_one_line_of_json(settings: Settings, log: Log) -> None:
    log.configure(JSON)
    logging_requests = msgspec.structs.replace(settings, log=LogSettings(requests=True))
    async with running(create_app(logging_requests)) as app, Api(app) as client:
        response = await client.get("/api/v1/products?page_size=3", headers={"x-request-id": "mine"})
        await client.get("/health/live")
        await client.get("/metrics")
        await client.get("/nothing")
    lines = [line for line in log.lines() if line["event"] == "request"]
    assert [(line["method"], line["path"], line["status"]) for line in lines] == [
        ("GET", "/api/v1/products", 200),
        ("GET", "/nothing", 404),
    ]
    assert lines[0]["request_id"] == response.headers["x-request-id"] == "mine"
    assert set(lines[0]) >= {"ms", "client", "timestamp", "level"}


async def test_a_failure_has_its_traceback_and_its_request(
    client: Api, monkeypatch: pytest.MonkeyPatch, log: Log
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise RuntimeError("what went wrong")

    monkeypatch.setattr("generated.categories.get_category", fail)
    log.configure(JSON)
    await client.get(
        "/api/v1/categories/019aab28-7c20-7a01-8d3e-4b5c6d7e8f90", headers={"x-request-id": "r1"}
    )
    (line,) = (line for line in log.lines() if line.get("logger") != "httpx")
    assert (line["event"], line["level"], line["request_id"]) == ("request.failed", "error", "r1")
    assert "RuntimeError: what went wrong" in str(line["exception"])


def test_the_standard_library_logs_in_the_same_form(log: Log) -> None:
    log.configure(JSON)
    logging.getLogger("somebody").warning("%d things", 3)
    structlog.get_logger().warning("4 things")
    theirs, ours = log.lines()
    assert (theirs["event"], theirs["level"], theirs["logger"]) == ("3 things", "warning", "somebody")
    assert set(theirs) - set(ours) == {"logger"}
    assert theirs["timestamp"][:11] == ours["timestamp"][:11]


def test_the_time_is_that_of_the_event_in_utc(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: 1_700_000_000.0)
    log.configure(JSON)
    structlog.get_logger().info("now")
    assert log.lines()[0]["timestamp"] == "2023-11-14T22:13:20.000000Z"


def test_a_level_leaves_out_what_is_below_it(log: Log) -> None:
    log.configure(LogSettings(format="json", level="warning"))
    structlog.get_logger().info("left out")
    logging.getLogger("somebody").info("left out")
    structlog.get_logger().warning("kept")
    assert [line["event"] for line in log.lines()] == ["kept"]


@pytest.mark.parametrize("value", [ValueError("x"), "\ud800", 10**100, {("a", "b"): 1}])
def test_anything_can_be_logged(log: Log, value: object) -> None:
    log.configure(JSON)
    structlog.get_logger().info("odd", value=value)
    (line,) = log.lines()
    assert line["event"] == "odd"


def test_a_value_that_cannot_be_rendered_costs_its_own_line_only(log: Log) -> None:
    class Broken:
        def __str__(self) -> str:
            raise RuntimeError("no text")

    log.configure(JSON)
    structlog.get_logger().info("lost", value=Broken())
    logging.getLogger("somebody").warning("%s", Broken())
    logging.getLogger("somebody").warning("%d", "no number")
    structlog.get_logger().info("kept")
    assert [line["event"] for line in log.lines()] == ["kept"]


def test_people_get_text(log: Log) -> None:
    log.configure(LogSettings(format="console"))
    structlog.get_logger().info("hello", who="world", greeting="grüße 🦊")
    text = log.text()
    assert "hello" in text
    assert "who=world" in text
    assert "grüße 🦊" in text


def test_control_characters_of_a_request_do_not_reach_the_terminal(log: Log) -> None:
    log.configure(LogSettings(format="console"))
    dangerous = "/\x1b[2J\x1b]0;title\x07\x9b31m\x7f\u202e\r\nforged"
    structlog.get_logger().info("request", path=dangerous)
    logging.getLogger("somebody").warning("path %s", dangerous)
    structlog.get_logger().error("request.failed", path=dangerous, exc_info=ValueError(dangerous))
    text = log.text()
    assert text.count("forged") == 4
    assert [each for each in text if not each.isprintable() and each != "\n"] == []
    assert len([line for line in text.splitlines() if line.startswith("forged")]) == 1  # in the traceback
    assert r"\x1b[2J" in text
