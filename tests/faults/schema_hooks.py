"""Hooks of schemathesis: skip requests that break a rule which JSON Schema cannot express.

Schemathesis loads this module in its own environment. Each rule here has tests of its own in the project.
"""

import unicodedata
from collections.abc import Callable
from importlib import import_module
from typing import Any, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])

# `cursor`: only the service makes cursors, and none may be combined with `page`.
# `max_...`: must not be below `min_...`.
_LEFT_OUT = frozenset({"cursor", "max_price", "max_stock"})


def hook(function: F) -> F:
    """Register a hook under the name of the function. Schemathesis is not installed where types are checked."""
    schemathesis: Any = import_module("schemathesis")
    schemathesis.hook(function)
    return function


@hook
def before_load_schema(_: Any, raw_schema: dict[str, Any]) -> None:
    """Leave out parameters that depend on others."""
    for operations in raw_schema["paths"].values():
        for operation in operations.values():
            parameters = operation.get("parameters", [])
            operation["parameters"] = [each for each in parameters if each["name"] not in _LEFT_OUT]


@hook
def filter_body(_: Any, body: Any) -> bool:
    """Skip names without a visible character, and whole numbers that are written with a fraction, as 3.0.

    JSON Schema takes 3.0 for an integer; the service does not.
    """
    return not _has_invisible_name(body) and not _has_whole_fraction(body)


def _has_invisible_name(body: Any) -> bool:
    name = cast("dict[str, Any]", body).get("name") if isinstance(body, dict) else None
    return isinstance(name, str) and bool(name.strip()) and all(_is_invisible(each) for each in name)


def _is_invisible(character: str) -> bool:
    return unicodedata.category(character)[0] in "CMZ"


def _has_whole_fraction(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_has_whole_fraction(each) for each in cast("dict[str, Any]", value).values())
    if isinstance(value, list):
        return any(_has_whole_fraction(each) for each in cast("list[object]", value))
    return isinstance(value, float) and value.is_integer()
