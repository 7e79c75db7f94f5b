"""The figures of the HTTP benchmark: medians, ratios, table, chart, and the part of the README."""

import io
import math
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console

from tools.bench.http import capacity, publish
from tools.bench.http.chart import SHOWN, describe, draw
from tools.bench.http.report import BARE, FLOOR, FRAMEWORK, SERVICE, Report, Round, Series, decode, encode
from tools.bench.http.scenarios import Samples, scenarios
from tools.bench.http.table import markdown, table
from tools.stack.layout import CHECKOUT

SVG = "{http://www.w3.org/2000/svg}"
PEER = "Other & <faster>"


def rounds(*cpu_ms: float, generator: float = 0.5) -> list[Round]:
    return [Round(1e6 / each, 1.0, 2.0, each, generator, failures={}) for each in cpu_ms]


def report() -> Report:
    return Report(
        "A machine, 2 CPUs",
        datetime(2026, 11, 28, tzinfo=UTC),
        64,
        2.0,
        [
            Series(FLOOR, BARE, rounds(10, 20, 40, generator=0.95)),
            Series(FLOOR, FRAMEWORK, rounds(20, 40, 80)),
            Series(SHOWN[0], SERVICE, rounds(50, 100, 200)),
            Series(SHOWN[0], PEER, rounds(100, 200, 800)),
        ],
    )


def test_a_ratio_is_the_median_of_the_ratios_of_the_rounds() -> None:
    peer, service = report().find(SHOWN[0], PEER), report().find(SHOWN[0], SERVICE)
    assert peer is not None
    assert service is not None

    assert peer.cpu_ratio(service) == 2.0  # of 2, 2 and 4
    assert service.cpu_ratio(peer) == 0.5
    assert peer.cpu_ms == 200.0


def test_a_ratio_to_a_round_that_was_too_short_is_no_number() -> None:
    short, service = (
        Series(FLOOR, BARE, [Round(1, 1, 1, 0, 0, failures={})]),
        Series(FLOOR, SERVICE, rounds(1)),
    )

    assert math.isnan(service.cpu_ratio(short))


def test_the_table_has_the_ratios_and_marks_a_rate_that_the_generator_limits() -> None:
    drawn = io.StringIO()
    Console(width=200, file=drawn).print(table(report()))
    bare, _, service, peer = (
        line.rstrip("│ \n").replace("│", "").split() for line in drawn.getvalue().splitlines() if "%" in line
    )

    assert bare[-3:] == ["95%", "!", "0"]
    assert service[-5:] == ["5.00", "2.50", "1.00", "50%", "0"]
    assert peer[-5:] == ["10.00", "5.00", "2.00", "50%", "0"]


def test_the_markdown_has_a_row_for_each_scenario_and_a_column_for_each_peer() -> None:
    assert markdown(report()).splitlines() == [
        f"|  | requests/s | p50, p99 ms | p99/p50 | CPU ms per 1,000 | constant handler | {PEER} |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
        f"| {SHOWN[0]} | 10,000 | 1.0, 2.0 | 2.0 | 100 | 2.50 x | 2.0 x |",
    ]


def test_the_chart_is_well_formed_and_its_bars_are_as_long_as_the_rates() -> None:
    image = ET.fromstring(draw(report()))
    service, peer = image.findall(f"{SVG}rect")

    assert float(service.attrib["width"]) == pytest.approx(2 * float(peer.attrib["width"]))
    assert [service.attrib["class"], peer.attrib["class"]] == ["ours", "other"]
    texts = [text.text for text in image.findall(f"{SVG}text")]
    assert {SHOWN[0], SERVICE, PEER, "10,000", "5,000"} <= set(texts)
    assert any("A machine, 2 CPUs" in (text or "") for text in texts)


def test_the_alternative_text_has_the_figures_of_the_chart() -> None:
    assert f"{SHOWN[0]}: {SERVICE} 10,000, {PEER} 5,000" in describe(report())


@pytest.mark.parametrize("names", [SHOWN, capacity.REQUESTS], ids=["the chart", "the capacity"])
def test_scenarios_that_are_named_elsewhere_exist(names: Collection[str]) -> None:
    samples = Samples(["id"], "id", ["id"], ["id"] * 3, "eyJpZCI6IiJ9", "eyJpZCI6IiJ9")

    assert set(names) <= {each.name for each in scenarios(samples)}


def test_the_capacity_of_a_core_is_computed_from_the_cost_of_a_request() -> None:
    cost = capacity.Cost(
        "order", 300.0, service_us=2000.0, database_us=2500.0, redis_us=0.2, redo_bytes=5000.0
    )

    (cells,) = zip(*(column.cells for column in capacity.cost_table([cost]).columns), strict=True)
    assert cells == ("order", "300", "2,000", "2,500", "0", "5,000", "500", "400", "")


def test_the_figures_are_read_back_as_they_were_written() -> None:
    assert decode(encode(report())) == report()


def test_publishing_replaces_the_figures_of_the_readme_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / publish.FOLDER).mkdir(parents=True)
    readme = tmp_path / "README.md"
    readme.write_text(f"# Before\n{publish.BEGIN}old\n{publish.END}# After\n")

    publish.publish(report(), tmp_path)
    once = readme.read_text()
    publish.publish(report(), tmp_path)

    assert readme.read_text() == once
    assert once.startswith(f"# Before\n{publish.BEGIN}![")
    assert once.endswith(f"{publish.END}# After\n")
    assert "old" not in once
    assert f"]({publish.CHART})" in once
    assert decode((tmp_path / publish.FIGURES).read_bytes()) == report()
    assert ET.fromstring((tmp_path / publish.CHART).read_text()).tag == f"{SVG}svg"


def test_a_readme_without_markers_is_an_error_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# Without\n")

    with pytest.raises(ValueError, match=r"README\.md has no lines"):
        publish.publish(report(), tmp_path)

    assert [*tmp_path.iterdir()] == [tmp_path / "README.md"]


def test_the_readme_of_this_project_has_the_markers() -> None:
    assert publish.with_figures((CHECKOUT / "README.md").read_text(), report())
