"""The rounds of the HTTP benchmark: figures, failures, and responses from another place than the scenario says."""

import itertools
import os
from pathlib import Path

import pytest

from tests.bench.canned import ERROR, OK, serving
from tools.bench.http import bench, load
from tools.bench.http.report import SERVICE, Round, Series, encode, new_report
from tools.bench.http.scenarios import Origin, Scenario
from tools.bench.http.server_process import ServerProcess


def measured(answers: list[bytes], origin: Origin | None) -> Round:
    """A round against a server that gives these answers in turn."""
    turns = itertools.cycle(answers)
    with serving(lambda connection, _: connection.sendall(next(turns))) as port:
        scenario = Scenario(
            "a scenario", lambda: itertools.repeat(load.get("/")), origin, warm_up=len(answers)
        )
        server = ServerProcess("127.0.0.1", port, os.getpid())
        contender = bench.Contender(scenario, server, scenario.requests(), Series("a scenario", SERVICE))
        contender.measure(connections=1, seconds=0.05)
    (found,) = contender.series.rounds
    return found


def test_a_round_has_the_rate_and_no_failure() -> None:
    found = measured([OK], "cache")

    assert found.rate > 0
    assert (found.failures, found.unexpected) == ({}, 0.0)


def test_responses_that_are_no_success_are_failures() -> None:
    found = measured([ERROR], None)

    assert found.failures["status 503"] > 0


def test_hits_in_a_scenario_about_the_database_are_unexpected() -> None:
    assert measured([OK], "database").unexpected == 1.0
    assert measured([OK], None).unexpected == 0.0


def test_figures_with_failures_are_not_written(tmp_path: Path) -> None:
    kept, chart = tmp_path / "figures.json", tmp_path / "chart.svg"
    series = Series("a scenario", SERVICE, [Round(1, 1, 1, 1, 0, failures={"status 500": 1})])
    kept.write_bytes(encode(new_report([series], connections=1, seconds=1)))

    with pytest.raises(SystemExit, match="requests failed"):
        bench.main(["--from", str(kept), "--chart", str(chart)])

    assert not chart.exists()


def test_kept_figures_are_drawn_again_without_servers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept, chart = tmp_path / "figures.json", tmp_path / "chart.svg"
    series = Series("overview, cached", SERVICE, [Round(1, 1, 1, 50, 0, failures={})])
    kept.write_bytes(encode(new_report([series], connections=1, seconds=1)))

    assert bench.main(["--from", str(kept), "--chart", str(chart)]) == 0

    assert "20,000" in chart.read_text()
    assert "overview, cached" in capsys.readouterr().out
