"""Names of the generated code, made from SQL names."""

import builtins
import keyword
import re
import unicodedata
from collections.abc import Container

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NOT_WORD = re.compile(r"\W+")
BUILTINS = frozenset(dir(builtins))
_SINGULAR = frozenset({"data", "media", "metadata", "news", "series", "species", "sms", "gps", "dns", "os"})
_ENDS_IN_IE = frozenset({"movies", "cookies", "calories", "zombies", "hoodies", "ties", "pies", "lies"})
_LATIN = re.compile(r"[^aou]uses$")
"""Statuses and bonuses, but not houses and causes."""


def words(name: str) -> list[str]:
    """`GetHTTPOrder` and `get_http_order` -> get, http, order."""
    name = _normal(name)
    return [
        word.lower() for part in _NOT_WORD.split(name) for word in _CAMEL.sub("_", part).split("_") if word
    ]


def _normal(name: str) -> str:
    """Return the name as Python reads it: two names that differ only by a ligature are one name."""
    return unicodedata.normalize("NFKC", name)


def snake_case(name: str) -> str:
    """`GetOrder` -> get_order; never a keyword."""
    return safe("_".join(words(name)))


def camel_case(name: str) -> str:
    """`get_order` -> GetOrder."""
    text = "".join(word[0].upper() + word[1:] for word in words(name))
    return safe(f"N{text}" if text[:1].isdigit() else text)


def constant_case(name: str) -> str:
    """`in-progress` -> IN_PROGRESS."""
    text = "_".join(words(name)).upper()
    return safe(f"N_{text}" if text[:1].isdigit() else text)


def safe(name: str) -> str:
    """The name itself unless it is a keyword: `class` -> class_."""
    return f"{name}_" if keyword.iskeyword(name) else name


def identifier(name: str, fallback: str) -> str:
    """Return the Python name of a column or parameter: as written if possible, `COUNT(*)` -> count.

    Leading underscores are removed: Python mangles names with two of them in a class body.
    """
    bare = _normal(name.strip("`")).lstrip("_")
    if not bare.isidentifier():
        bare = _NOT_WORD.sub("_", bare).strip("_").lower()
        bare = bare if bare.isidentifier() or not bare else f"{fallback}_{bare}"
        bare = bare if bare.isidentifier() else fallback
    return safe(bare or fallback)


def module_name(stem: str) -> str:
    """The generated module of a query file with that stem: `more-items` -> more_items."""
    return identifier(stem.replace("-", "_").replace(".", "_"), "queries")


def unique(name: str, taken: Container[str]) -> str:
    """The name, or name_2, name_3, ... whichever is free first."""
    if name not in taken:
        return name
    number = 2
    while f"{name}_{number}" in taken:
        number += 1
    return f"{name}_{number}"


def singular(name: str) -> str:
    """Return the name with its last word in the singular, by simple rules: categories -> category."""
    head, separator, last = name.rpartition("_")
    low = last.lower()
    if low in _SINGULAR or len(low) <= 2 or not low.endswith("s") or low.endswith(("ss", "us", "is")):  # noqa: PLR2004 - "is", "us" are no plurals
        return name
    if low.endswith("ies") and low not in _ENDS_IN_IE:
        last = last[:-3] + ("Y" if last.isupper() else "y")
    elif low.endswith(("sses", "shes", "ches", "xes", "zes")) or _LATIN.search(low):
        last = last[:-2]
    else:
        last = last[:-1]
    return f"{head}{separator}{last}"
