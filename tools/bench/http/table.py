"""The table of the benchmark: for the terminal, and as Markdown."""

from rich.table import Table

from tools.bench.http.report import BARE, FLOOR, FRAMEWORK, SERVICE, Report, Series

BOUND = 0.9
COLUMNS = (
    "requests/s", "p50 ms", "p99 ms", "CPU ms per 1,000", "x bare ASGI", "x Litestar", "x service",
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
        f"{series.cpu_ms:,.0f}",
        *(f"{series.cpu_ratio(base):.2f}" if base else "" for base in bases),
        f"{series.generator:.0%}{' !' if series.generator > BOUND else ''}",
        f"{series.failed:,}",
    ]
