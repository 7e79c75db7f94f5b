"""Logging: one line an event, as JSON for machines or in colour for people, with the request's id in it."""

import logging
import sys
from typing import Any, TextIO

import msgspec
import structlog
from structlog.types import EventDict, Processor, WrappedLogger

from product_dashboard.observability.request_ids import current_request_id
from product_dashboard.settings import LogSettings

_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


def configure_logging(settings: LogSettings, stream: TextIO | None = None) -> None:
    """Send what structlog and the standard library log to `stream` (default: standard output)."""
    output = stream or sys.stdout
    level = _LEVELS[settings.level]
    shared: list[Processor] = [
        _add_request_id,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    renderer = _renderer(settings, output)
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(output),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(output)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    # Its start and stop are told by our own lines; a client's malformed request is nobody's warning.
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    logging.getLogger("uvicorn.error").addFilter(_is_news)
    # A failing statement's warnings are errors to the service already.
    logging.getLogger("asyncmy").setLevel(logging.ERROR)


def _is_news(record: logging.LogRecord) -> bool:
    """Whether it is not what our own line, with the reason, has just said."""
    return record.getMessage() != "Application startup failed. Exiting."


def _renderer(settings: LogSettings, stream: TextIO) -> Processor:
    if settings.format == "console" or (settings.format == "auto" and stream.isatty()):
        return structlog.dev.ConsoleRenderer(colors=stream.isatty())
    return structlog.processors.JSONRenderer(serializer=_to_json)


def _to_json(event: EventDict, **_: Any) -> str:
    return msgspec.json.encode(event, enc_hook=str).decode()


def _add_request_id(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    if request_id := current_request_id():
        event["request_id"] = request_id
    return event
