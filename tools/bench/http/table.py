"""The table of the benchmark: for the terminal, and as Markdown."""

from collections.abc import Iterator, Sequence

from rich.table import Table

from tools.bench.http.report import BARE, FLOOR, FRAMEWORK, SERVICE, Report, Series

BOUND = 0.9
COLUMNS = (
    "requests/s", "p50 ms", "p99 ms", "p99/p50", "CPU ms per 1,000", "x bare ASGI", "x Litestar", "x service",
    "generator", "failed",
)  # fmt: skip


def table(report: Report) -> Table:
    """Draw the medians of the rounds, with the CPU time also as a multiple of each floor's and of the service's.

    `generator` is the share of the time in which the load generator used its CPU; with a !, it limited the rate.
    """
    drawn = Table(title=f"{report.machine}; {report.connections} connections")
    drawn.add_column("scenario", no_wrap=True)
    drawn.add_column("server", no_wrap=True)
    for name in COLUMNS:
        drawn.add_column(name, justify="right")
    for scenario in (FLOOR, *report.scenarios()):
        found = report.of_scenario(scenario)
        for series in found:
            first, last = series is found[0], series is found[-1]
            drawn.add_row(scenario if first else "", *_cells(report, series), end_section=last)
    return drawn


def _cells(report: Report, series: Series) -> list[str]:
    bases = (
        report.find(FLOOR, BARE), report.find(FLOOR, FRAMEWORK), report.find(series.scenario, SERVICE)
    )  # fmt: skip
    return [
        series.server,
        f"{series.rate:,.0f}",
        f"{series.p50_ms:.1f}",
        f"{series.p99_ms:.1f}",
        f"{series.tail:.1f}",
        f"{series.cpu_ms:,.0f}",
        *(f"{series.cpu_ratio(base):.2f}" if base else "" for base in bases),
        f"{series.generator:.0%}{' !' if series.generator > BOUND else ''}",
        f"{series.failed:,}",
    ]


def markdown(report: Report) -> str:
    """Return a table of the service's figures, with its CPU time also as a multiple of a constant handler's.

    The columns of the other servers have their CPU time as a multiple of the service's.
    """
    others = dict.fromkeys(each.server for name in report.scenarios() for each in report.of_scenario(name))
    peers = [name for name in others if name != SERVICE]
    heads = ("", "requests/s", "p50, p99 ms", "p99/p50", "CPU ms per 1,000", "constant handler", *peers)
    lines = [_line(heads), _line(["---", *["---:" for _ in heads[1:]]])]
    lines += [
        _line(cells) for scenario in report.scenarios() for cells in _markdown_cells(report, scenario, peers)
    ]
    return "\n".join(lines) + "\n"


def _markdown_cells(report: Report, scenario: str, peers: Sequence[str]) -> Iterator[list[str]]:
    """Yield the cells of a scenario, if the service was measured in it."""
    own = report.find(scenario, SERVICE)
    if own is None:
        return
    floor = report.find(FLOOR, FRAMEWORK)
    ratios = (found.cpu_ratio(own) if (found := report.find(scenario, peer)) else None for peer in peers)
    yield [
        scenario,
        f"{own.rate:,.0f}",
        f"{own.p50_ms:.1f}, {own.p99_ms:.1f}",
        f"{own.tail:.1f}",
        f"{own.cpu_ms:,.0f}",
        "" if floor is None else f"{own.cpu_ratio(floor):.2f} x",
        *("" if ratio is None else f"{ratio:.1f} x" for ratio in ratios),
    ]


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
