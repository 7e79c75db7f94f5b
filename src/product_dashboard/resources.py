"""What every request handler may use, in one object.

One, because the framework resolves two or more dependencies in a task group, which costs more than most
handlers do.
"""

from dataclasses import dataclass
from typing import TypeAlias

from litestar.di import NamedDependency

from product_dashboard.cache import Cache
from product_dashboard.database import Database
from product_dashboard.settings import Settings


@dataclass(frozen=True, slots=True)
class Resources:
    """Open from the start of the service to its end."""

    settings: Settings
    database: Database
    cache: Cache


Injected: TypeAlias = NamedDependency[Resources]
"""How a handler asks for them: `resources: Injected`."""
