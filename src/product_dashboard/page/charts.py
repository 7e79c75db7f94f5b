"""Charts as SVG: bars of days, and a bar in each row of a table.

The bars are stretched to the space that the page has. All text is HTML beside them, so that it keeps its size on every
screen. No element has a style of its own, which the Content-Security-Policy would refuse. A screen reader gets the
title and the description; the figures are in a table beside the chart.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

import htpy as h

from product_dashboard.page.figures import compact

HEIGHT = 100
_GAP = Decimal("0.22")  # between two bars, in widths of a bar with its gap
_LEAST = Decimal("0.8")  # so that a small figure is not drawn like none
_STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure, its label on the axis, and the words that are shown for it."""

    figure: Decimal
    label: str
    words: str


def bars(name: str, title: str, about: str, shown: Sequence[Bar]) -> h.Element:
    """Draw bars beside each other. The last one is still growing. `name` makes ids that are unique in the document."""
    lines = scale(max((bar.figure for bar in shown), default=Decimal()))
    top = lines[0]
    return h.div(".chart")[
        h.div(".axis", aria_hidden="true")[(h.span[compact(figure)] for figure in lines)],
        h.svg(
            ".plot",
            {"viewBox": f"0 0 {len(shown)} {HEIGHT}", "preserveAspectRatio": "none"},
            role="img",
            aria_labelledby=f"{name}-title {name}-about",
        )[
            h.title(id=f"{name}-title")[title],
            h.desc(id=f"{name}-about")[about],
            (
                h.line(".grid-line", x1="0", x2=str(len(shown)), y1=height, y2=height)
                for height in (_number(HEIGHT - figure * HEIGHT / top) for figure in lines)
            ),
            (_bar(place, bar, top, is_last=place == len(shown) - 1) for place, bar in enumerate(shown)),
        ],
        h.div(".labels", aria_hidden="true")[(h.span[bar.label] for bar in _labelled(shown))],
    ]


def _bar(place: int, bar: Bar, top: Decimal, *, is_last: bool) -> h.Element:
    height = max(bar.figure * HEIGHT / top, _LEAST) if bar.figure else Decimal()
    return h.g(".day")[
        h.title[bar.words],
        # The whole column answers to the pointer, not only its bar.
        h.rect(".column", x=str(place), y="0", width="1", height=str(HEIGHT)),
        h.rect(
            ".bar.growing" if is_last else ".bar",
            x=_number(place + _GAP / 2),
            y=_number(HEIGHT - height),
            width=_number(1 - _GAP),
            height=_number(height),
        ),
    ]


def _labelled(shown: Sequence[Bar]) -> list[Bar]:
    """Return the first, the last and those between that have a label on the axis."""
    last = len(shown) - 1
    return [shown[last * part // 4] for part in range(5)] if last >= 4 else [*shown]  # noqa: PLR2004 - five labels


def share_bar(figure: Decimal, top: Decimal) -> h.Element:
    """Draw the bar of a row; the figure is in the row, so that a screen reader needs no other text."""
    width = figure * HEIGHT / top if top else Decimal()
    return h.svg(".share", {"viewBox": f"0 0 {HEIGHT} 1", "preserveAspectRatio": "none"}, aria_hidden="true")[
        h.rect(".bar", x="0", y="0", width=_number(width), height="1")
    ]


def ceiling(figure: Decimal) -> Decimal:
    """Return the smallest of 1, 2, 2.5, 5, 10, 20 ... that is not below the figure."""
    if figure <= 1:
        return Decimal(1)
    size = Decimal(10) ** (figure.adjusted())
    return next(step for step in _STEPS if step * size >= figure) * size


def scale(highest: Decimal) -> list[Decimal]:
    """Return the round figures of an axis, at most five, from one that is not below the highest down to 0."""
    step = ceiling(highest / 4)
    steps = max(1, int((highest / step).to_integral_value(ROUND_CEILING)))
    return [step * place for place in range(steps, -1, -1)]


def _number(value: Decimal) -> str:
    return f"{value.quantize(Decimal('0.01'), ROUND_CEILING).normalize():f}"
