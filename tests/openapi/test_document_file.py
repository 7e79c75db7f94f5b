"""The document is a file of the repository; the check fails where it is out of date or breaks clients."""

import json
from pathlib import Path

import pytest

from product_dashboard import __version__
from tests.openapi.conftest import NOWHERE
from tools.openapi.cli import DOCUMENT, RELEASED, check, current_document, make_client


def test_it_is_up_to_date_and_breaks_no_client_of_the_last_release() -> None:
    assert check(DOCUMENT, RELEASED) == 0


def test_it_has_the_version_of_the_package() -> None:
    assert json.loads(current_document())["info"]["version"] == __version__


def test_it_does_not_depend_on_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    before = current_document()
    for name, value in {**NOWHERE, "ALLOWED_HOSTS": "api.example.org", "RATE_LIMIT": "1/s"}.items():
        monkeypatch.setenv(name, value)
    assert current_document() == before


def test_a_file_that_is_out_of_date_or_missing_fails_with_a_hint(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "document.json"
    for write in (lambda: None, lambda: path.write_text("{}")):
        write()
        assert check(path, RELEASED) == 1
        assert capsys.readouterr().err == f"openapi: {path} is out of date\nopenapi:   hint: just openapi\n"


def test_a_change_that_breaks_clients_fails_and_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    released = json.loads(RELEASED.read_bytes())
    released["paths"]["/api/v1/gone"] = released["paths"]["/health/live"]
    path = tmp_path / "released.json"
    path.write_text(json.dumps(released))
    assert check(DOCUMENT, path) == 1
    printed = capsys.readouterr().err.splitlines()
    assert (
        printed[0] == "openapi: breaks clients of the last release: GET /api/v1/gone: the operation is gone"
    )
    assert "just openapi release" in printed[1]


def test_no_client_is_made_of_a_bad_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "document.json"
    path.write_text('{"openapi": "3.1.0"}')
    assert make_client(path, tmp_path / "made") == 1
    assert "no client was made" in capsys.readouterr().err
