"""Draws the figures of the benchmark as an SVG image, with texts as text, for light and dark pages."""

from collections.abc import Iterator, Sequence
from html import escape

from tools.bench.http.report import SERVICE, Report, Series

SHOWN = (
    "overview, cached",
    "1,000 products at random, cached",
    "order list, cached",
    "order list, misses only",
    "overview, cache off",
    "order of 3 items",
)
WIDTH, BAR, GAP, LEFT, RIGHT = 760, 16, 4, 240, 110
TITLE_HEIGHT, HEADING, GROUP_GAP = 72, 20, 12

STYLE = """\
text { font: 12px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1f2328 }
.title { font-size: 15px; font-weight: 600 }
.heading { font-weight: 600 }
.note { fill: #59636e }
.ours { fill: #0969da }
.other { fill: #9aa4af }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc }
  .note { fill: #9198a1 }
  .ours { fill: #4493f8 }
  .other { fill: #656c76 }
}"""
TITLE = "Requests for one second of the server's CPU time"
NOTE = "Longer is better. Each group has a scale of its own. The CPU time of MySQL and Redis is not counted."


def draw(report: Report) -> str:
    """Return the SVG: for each scenario one bar per server, as long as its share of the longest bar of the scenario.

    Requests per CPU second are what one core answers if it does nothing else. The CPU time of MySQL and Redis, which
    the servers share, is not in it.
    """
    groups = [(name, found) for name in SHOWN if (found := report.of_scenario(name))]
    height = TITLE_HEIGHT + sum(_height(found) for _, found in groups)
    size = f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="title description">',
        f'<title id="title">{TITLE}</title>',
        f'<desc id="description">{escape(describe(report))}</desc>',
        f"<style>{STYLE}</style>",
        f'<text class="title" x="0" y="20">{TITLE}</text>',
        f'<text class="note" x="0" y="40">{escape(_conditions(report))}</text>',
        f'<text class="note" x="0" y="57">{NOTE}</text>',
    ]
    top = TITLE_HEIGHT
    for name, found in groups:
        lines += _group(name, found, top)
        top += _height(found)
    return "\n".join([*lines, "</svg>"]) + "\n"


def describe(report: Report) -> str:
    """Return the chart in words: the alternative text of the image."""
    sentences = (
        f"{name}: " + ", ".join(f"{each.server} {_per_cpu_second(each):,.0f}" for each in found)
        for name in SHOWN
        if (found := report.of_scenario(name))
    )
    return f"{TITLE}. {'; '.join(sentences)}."


def _conditions(report: Report) -> str:
    return f"{report.machine}; one for the server. {report.connections} connections. {report.measured_at:%Y-%m-%d}."


def _height(found: Sequence[Series]) -> int:
    return HEADING + len(found) * (BAR + GAP) + GROUP_GAP


def _per_cpu_second(series: Series) -> float:
    return 1e6 / series.cpu_ms if series.cpu_ms else 0.0


def _group(name: str, found: Sequence[Series], top: int) -> Iterator[str]:
    yield f'<text class="heading" x="0" y="{top + 14}">{escape(name)}</text>'
    longest = max(_per_cpu_second(each) for each in found) or 1.0
    for number, each in enumerate(found):
        y = top + HEADING + number * (BAR + GAP)
        rate = _per_cpu_second(each)
        width = (WIDTH - LEFT - RIGHT) * rate / longest
        kind = "ours" if each.server == SERVICE else "other"
        yield f'<text x="{LEFT - 8}" y="{y + 12}" text-anchor="end">{escape(each.server)}</text>'
        yield f'<rect class="{kind}" x="{LEFT}" y="{y}" width="{width:.1f}" height="{BAR}" rx="2"/>'
        yield f'<text x="{LEFT + width + 6:.1f}" y="{y + 12}">{rate:,.0f}</text>'
