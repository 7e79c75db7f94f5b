"""The parts of the application that tracing replaces by subclasses of its own."""

from collections.abc import Callable, MutableMapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response

from product_dashboard.cache import Cache
from product_dashboard.database import Database
from product_dashboard.observability.requests import RequestObserver
from product_dashboard.recipes.direct import DirectAnswers

Handlers = MutableMapping[int | type[Exception], Callable[[Request[Any, Any, Any], Any], Response[Any]]]
"""Exception handlers, by the exceptions that they answer."""


def _unchanged(handlers: Handlers) -> Handlers:
    return handlers


@dataclass(frozen=True, slots=True)
class Parts:
    """The plain parts. `running` is entered for as long as the application runs."""

    database_class: type[Database] = Database
    cache_class: type[Cache] = Cache
    observer: Callable[..., RequestObserver] = RequestObserver
    direct_answers: Callable[..., DirectAnswers] = DirectAnswers
    exception_handlers: Callable[[Handlers], Handlers] = _unchanged
    running: Callable[[], AbstractAsyncContextManager[None]] = nullcontext
