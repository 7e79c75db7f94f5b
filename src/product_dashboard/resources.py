"""The stores that request handlers use, in one object.

It is one object, because Litestar resolves independent dependencies in a task group, which costs more than most
handlers do.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from product_dashboard.cache import Cache
from product_dashboard.database import Database
from product_dashboard.readiness import Readiness

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Resources:
    """Open from the start of the service to its end."""

    database: Database
    cache: Cache
    readiness: Readiness


def retry_on_deadlock(
    write: Callable[Concatenate[Resources, P], Awaitable[T]],
) -> Callable[Concatenate[Resources, P], Awaitable[T]]:
    """Call `write`, which opens its own transaction, again if it ends in a deadlock; raise the last `Deadlock`."""

    @wraps(write)
    async def retried(resources: Resources, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await resources.database.retry_on_deadlock(lambda: write(resources, *args, **kwargs))

    return retried
