"""The targets of `just mutants` follow the code."""

import pytest

from tools.mutants import targets
from tools.mutants.cli import main


def test_every_target_exists_and_every_module_of_the_analysis_is_listed() -> None:
    assert list(targets.faults_of_targets()) == []


def test_a_target_that_does_not_exist_is_an_error_that_names_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    claims = {name: found for name, found in targets.CLAIMS.items() if name != "limits"}
    claims["gone"] = None
    claims["pages"] = frozenset({"check_pages", "renamed"})
    monkeypatch.setattr(targets, "CLAIMS", claims)
    assert main([]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "error: targets.py: there is no module gone",
        "error: targets.py: limits is neither in CLAIMS nor in OTHERS",
        "error: targets.py: pages has no function renamed",
    ]


def test_an_unknown_module_is_an_error_that_names_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["limit"]) == 2
    assert capsys.readouterr().err == "error: unknown module limit\n"
