"""The stores and settings that request handlers use, in one object.

It is one object, because the framework resolves two or more independent dependencies in a task group, which costs
more than most handlers do.
"""

from dataclasses import dataclass

from product_dashboard.cache import Cache
from product_dashboard.database import Database
from product_dashboard.settings import Settings


@dataclass(frozen=True, slots=True)
class Resources:
    """Open from the start of the service to its end."""

    settings: Settings
    database: Database
    cache: Cache
