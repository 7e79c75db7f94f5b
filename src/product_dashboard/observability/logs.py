"""Logging: one line for each event, as JSON for machines or in colour for people, with the request's id."""

import json
import logging
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TextIO, cast

import msgspec
import structlog
from structlog.types import EventDict, Processor, WrappedLogger

from product_dashboard.observability.log_output import LogOutput
from product_dashboard.observability.request_ids import current_request_id
from product_dashboard.observability.trace_ids import current_trace_id
from product_dashboard.settings import LogSettings

_TEXTS_OF_SEVERAL_LINES = ("exception", "stack")


def configure_logging(settings: LogSettings, fd: int | None = None, *, threaded: bool = True) -> LogOutput:
    """Send the events of structlog and of the standard library to `fd` (default: standard output).

    A process that is to be forked needs an output that is not `threaded`. See LogOutput.

    `logging.shutdown`, which the interpreter calls at its exit, writes the lines that are still queued.
    """
    fd = _standard_output() if fd is None else fd
    level = logging.getLevelNamesMapping()[settings.level.upper()]
    shared: list[Processor] = [
        _add_ids,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt=None),
        structlog.processors.format_exc_info,
    ]
    render = _renderer(settings, is_terminal=os.isatty(fd))
    output = LogOutput(fd, render, threaded=threaded)
    structlog.configure(
        processors=[*shared, _hand_over],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: output,
        cache_logger_on_first_use=False,
    )
    output.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                lambda _, __, event: render(event),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [output]
    root.setLevel(level)
    # The service logs its start and its stop itself; a client's malformed request is no warning.
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    # The warnings of a statement that fails are errors to the service already.
    logging.getLogger("asyncmy").setLevel(logging.ERROR)
    # A line for each batch of spans that is lost, and none for each attempt to send it.
    logging.getLogger("opentelemetry").setLevel(logging.ERROR)
    return output


def info_writer() -> Callable[[EventDict], None] | None:
    """Return a function that logs an event of level info at a sixth of structlog's cost; None if the level is off.

    It is for the line of each request. Afterwards only the log may change the event.
    """
    logger = structlog.get_logger().bind()
    if not logger.is_enabled_for(logging.INFO):
        return None
    output = structlog.get_config()["logger_factory"]()
    if not isinstance(output, LogOutput):  # `configure_logging` was not called
        return lambda event: logger.info(event.pop("event"), **event)

    put, now = output.put, time.time

    def write(event: EventDict) -> None:
        event["request_id"] = current_request_id()
        event["level"] = "info"
        event["timestamp"] = now()
        put(event)

    return write


def _standard_output() -> int:
    stdout = cast("TextIO | None", sys.stdout)  # None in a process that is started with its output closed
    return stdout.fileno() if stdout else os.open(os.devnull, os.O_WRONLY)


def _hand_over(_: WrappedLogger, __: str, event: EventDict) -> Any:
    """Pass the event to LogOutput as it is: it is rendered there, in another thread."""
    return (event,), {}


def _renderer(settings: LogSettings, *, is_terminal: bool) -> Callable[[EventDict], str]:
    if settings.format == "console" or (settings.format == "auto" and is_terminal):
        console = structlog.dev.ConsoleRenderer(colors=is_terminal)
        return lambda event: console(None, "", _escape_controls(_with_time(event)))
    return lambda event: _to_json(_with_time(event))


def _with_time(event: EventDict) -> EventDict:
    """Replace the time in seconds by its text: 2026-11-27T12:00:00.123456Z."""
    moment = datetime.fromtimestamp(cast("float", event["timestamp"]), UTC)
    event["timestamp"] = moment.isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"
    return event


def _to_json(event: EventDict) -> str:
    try:
        return msgspec.json.encode(event, enc_hook=str).decode()
    except (UnicodeEncodeError, OverflowError, TypeError):  # half of a surrogate pair, 100 digits, odd keys
        return json.dumps({str(key): value for key, value in event.items()}, default=str)


def _escape_controls(event: EventDict) -> EventDict:
    """Escape what a terminal takes for a command; a path of a request may contain it."""
    for key, value in event.items():
        if isinstance(value, str) and not value.isprintable():
            if key in _TEXTS_OF_SEVERAL_LINES:
                event[key] = "\n".join(_escaped(line) for line in value.splitlines())
            else:
                event[key] = _escaped(value)
    return event


def _escaped(text: str) -> str:
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)


def _add_ids(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    if request_id := current_request_id():
        event["request_id"] = request_id
    if trace_id := current_trace_id():
        event["trace_id"] = trace_id
    return event
