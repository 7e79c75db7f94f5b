"""Writes the figures of a run to the places where readers find them: the chart, the README, and a file to keep them."""

from pathlib import Path

from tools.bench.http.chart import describe, draw
from tools.bench.http.report import BARE, FLOOR, FRAMEWORK, Report, encode
from tools.bench.http.table import markdown
from tools.stack.layout import CHECKOUT

FOLDER = Path("tools/bench/http")
CHART, FIGURES = FOLDER / "chart.svg", FOLDER / "figures.json"
BEGIN, END = "<!-- just bench http --publish: begin -->\n", "<!-- just bench http --publish: end -->\n"


def publish(report: Report, checkout: Path = CHECKOUT) -> None:
    """Write chart.svg and figures.json, and replace the part of README.md between the two markers.

    Raises ValueError if the README has no markers.
    """
    readme = checkout / "README.md"
    text = with_figures(readme.read_text(), report)
    (checkout / FIGURES).write_bytes(encode(report))
    (checkout / CHART).write_text(draw(report))
    readme.write_text(text)


def with_figures(readme: str, report: Report) -> str:
    """Return the README with the chart and the table of this report. Raises ValueError if it has no markers."""
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"README.md has no lines {BEGIN.strip()} and {END.strip()}")
    return f"{before}{begin}{_section(report)}{end}{after}"


def _section(report: Report) -> str:
    floors = " and ".join(
        f"{found.cpu_ms:,.0f} ms from {name} (p99/p50: {found.tail:.1f})"
        for name, server in (("a bare ASGI application", BARE), ("a Litestar handler", FRAMEWORK))
        if (found := report.find(FLOOR, server))
    )
    return f"""\
![{describe(report)}]({CHART})

{markdown(report)}
*Constant handler* is the service's CPU time as a multiple of that of a Litestar handler which returns constant bytes.
The last columns are the CPU time of other servers, as a multiple of the service's. 1,000 responses of constant bytes
cost {floors}.
({report.machine}; {report.connections} connections; {report.measured_at:%Y-%m-%d})
"""
