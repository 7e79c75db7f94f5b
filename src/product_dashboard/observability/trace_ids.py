"""The trace of the current request: in its log lines, and in its answer if it fails.

It is set only where requests are traced (`tracing`).
"""

from contextvars import ContextVar

_current: ContextVar[str] = ContextVar("trace_id", default="")


def current_trace_id() -> str:
    """Return the id of the current request's trace, 32 hexadecimal digits; an empty text if it has none."""
    return _current.get()


def begin_trace(trace_id: str) -> None:
    """Make this the trace of the current request; an empty text: it has none."""
    _current.set(trace_id)
