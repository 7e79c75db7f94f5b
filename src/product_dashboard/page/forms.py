"""Forms of filters: they work without the script, show what the address says, and each problem beside its field."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

import htpy as h

from product_dashboard.errors import FieldProblem
from product_dashboard.web.paging import PageQuery

SIZES: Final = (10, 25, 50, 100)
UNFILTERED: Final = frozenset({"page", "cursor"})
"""Parameters of an address that are no filters."""


@dataclass(frozen=True, slots=True)
class Given:
    """The parameters of an address as texts, and what is wrong with them, by their names."""

    texts: Mapping[str, str]
    problems: Mapping[str, str] = field(default_factory=dict[str, str])

    @classmethod
    def good(cls, query: PageQuery) -> "Given":
        """Return the parameters of a query that could be decoded."""
        return cls({name: str(value) for name, value in query.named().items()})

    @classmethod
    def bad(cls, texts: Mapping[str, str], details: Iterable[object]) -> "Given":
        """Return the parameters of an address, with the problems that `BadRequest` names.

        A query that is refused as a whole has no parameters, because they are not checked.
        """
        problems = {each.field: each.message for each in details if isinstance(each, FieldProblem)}
        return cls({} if "query" in problems else texts, problems)

    def text(self, name: str, default: str = "") -> str:
        return self.texts.get(name) or default


def text_field(given: Given, name: str, label: str, **attributes: str) -> h.Element:
    control = h.input(
        name=name, value=given.text(name), autocomplete="off", **attributes, **_state(given, name)
    )
    return _field(given, name, label, control)


def choice(given: Given, name: str, label: str, options: Mapping[str, str], default: str = "") -> h.Element:
    """Make a field with some values, and the text of each, to choose from."""
    chosen = given.text(name, default)
    control = h.select(name=name, **_state(given, name))[
        (h.option(value=value, selected=value == chosen)[text] for value, text in options.items())
    ]
    return _field(given, name, label, control)


def bounds(given: Given, of: str, step: str) -> h.Element:
    """Make the two fields of a range."""
    limits: dict[str, str] = {"type": "number", "min": "0", "step": step}
    low, high = f"min_{of}", f"max_{of}"
    return h.div(".range")[
        text_field(given, low, f"{of.title()} from", **limits, aria_label=f"Lowest {of}"),
        text_field(given, high, "to", **limits, aria_label=f"Highest {of}"),
    ]


def rows(given: Given) -> h.Element:
    """Make the field for the number of rows. It also has a number that only the address names."""
    size = given.text("page_size", str(PageQuery().page_size))
    own = () if "page_size" in given.problems else (int(size),)
    sizes = map(str, sorted({*SIZES, *own}))
    return choice(given, "page_size", "Rows", {each: each for each in sizes}, size)


def buttons(path: str) -> h.Element:
    return h.div(".buttons")[h.button(type="submit")["Show"], h.a(href=path)["Clear"]]


def refusal(given: Given, path: str) -> h.Element:
    """Make the part in place of a list whose address is not right."""
    others = {
        name: text for name, text in given.problems.items() if name in UNFILTERED or name not in given.texts
    }
    return h.section(".card", id="refusal", role="alert")[
        h.p(".empty")["Nothing is shown, because this address is not right."],
        h.ul[(h.li[h.code[name], f" {text}"] for name, text in others.items())] if others else None,
        h.p[h.a(href=path)["Open the page without filters"]],
    ]


def _field(given: Given, name: str, label: str, control: h.BaseElement) -> h.Element:
    problem = given.problems.get(name)
    return h.div(".field")[
        h.label[h.span[label], control],
        h.p(".problem", id=f"{name}-problem")[problem[:1].upper(), problem[1:], _value(given, name)]
        if problem
        else None,
    ]


def _value(given: Given, name: str) -> str:
    """Repeat a bad value: a field for numbers shows only numbers."""
    text = given.text(name)
    return f" (now: {text[:50]})" if text else ""


def _state(given: Given, name: str) -> dict[str, str]:
    if name not in given.problems:
        return {}
    return {"aria_invalid": "true", "aria_describedby": f"{name}-problem"}
