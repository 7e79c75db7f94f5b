"""The parts of a traced application."""

from functools import partial

from product_dashboard.parts import Parts
from product_dashboard.settings import TracingSettings
from product_dashboard.tracing.cache import TracedCache
from product_dashboard.tracing.database import TracedDatabase
from product_dashboard.tracing.export import Tracing
from product_dashboard.tracing.requests import TracedAnswers, TracedObserver, noting_errors


def traced(settings: TracingSettings) -> Parts:
    """Return parts whose spans go to the collector of the settings."""
    tracing = Tracing(settings)
    return Parts(
        database_class=TracedDatabase,
        cache_class=TracedCache,
        observer=partial(TracedObserver, tracer=tracing.tracer),
        direct_answers=partial(TracedAnswers, tracer=tracing.tracer),
        exception_handlers=noting_errors,
        running=tracing.running,
    )
