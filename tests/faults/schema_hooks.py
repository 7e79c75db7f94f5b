"""Hooks of schemathesis: skip requests that break a rule which JSON Schema cannot express.

Schemathesis loads this module in its own environment. Each rule here has tests of its own in the project.
"""

import re
import unicodedata
from collections.abc import Callable
from importlib import import_module
from typing import Any, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])

# `cursor`: only the service makes cursors, and none may be combined with `page`.
# `max_...`: must not be below `min_...`.
_LEFT_OUT = frozenset({"cursor", "max_price", "max_stock"})
# Letters and symbols without a weight in utf8mb4_unicode_520_ci: Arabic forms of marks, half-width sound marks ...
_IGNORED_LETTERS = re.compile(
    r"[\u06de\u0824\u0828\u1cd3\u1cf2\ufc5e-\ufc63\ufcf2-\ufcf4\ufe70-\ufe7f\uff9e\uff9f]"
)


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
    """Skip texts of rare combining characters only, and whole numbers that are written with a fraction, as 3.0.

    The collation of the database ignores more than a thousand characters, too many for a pattern: the pattern of names
    names the frequent ones, and the database refuses the others. JSON Schema takes 3.0 for an integer; the service
    does not.
    """
    return not _has_ignored_text(body) and not _has_whole_fraction(body)


def _has_ignored_text(body: Any) -> bool:
    fields = cast("dict[str, Any]", body) if isinstance(body, dict) else {}
    return any(_is_ignored(fields.get(name)) for name in ("name", "reason"))


def _is_ignored(text: object) -> bool:
    return isinstance(text, str) and bool(text) and all(_may_be_ignored(each) for each in text)


def _may_be_ignored(character: str) -> bool:
    """Return True for the combining and format characters, and for the few letters, that the collation may ignore."""
    marks_and_formats = {"Mn", "Mc", "Me", "Cf", "Cc", "Zs"}
    return unicodedata.category(character) in marks_and_formats or bool(_IGNORED_LETTERS.match(character))


def _has_whole_fraction(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_has_whole_fraction(each) for each in cast("dict[str, Any]", value).values())
    if isinstance(value, list):
        return any(_has_whole_fraction(each) for each in cast("list[object]", value))
    return isinstance(value, float) and value.is_integer()
