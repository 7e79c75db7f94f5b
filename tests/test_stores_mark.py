"""The mark `stores` is on every test that uses the session's stores, unless it is marked `any_server`."""

import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
TESTS = """
import pytest

@pytest.fixture(scope="session")
def stores():
    return None  # no server is needed to see which tests ask for one

@pytest.fixture(scope="session")
def mysql_url(stores):
    return "mysql://"

def test_by_argument(mysql_url):
    pass

@pytest.fixture
def through_a_fixture(mysql_url):
    pass

def test_by_argument_of_a_fixture(through_a_fixture):
    pass

@pytest.mark.any_server
def test_whose_result_cannot_depend_on_the_server(mysql_url):
    pass

def test_without():
    pass
"""
DYNAMIC = """
def test_dynamic(request):
    request.getfixturevalue("mysql_url")
"""


def run(folder: Path, text: str, *arguments: str) -> str:
    (folder / "test_stores.py").write_text(text)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "tests.stores_mark",
        "-c",
        "pyproject.toml",
        "-q",
        *arguments,
    ]
    ended = subprocess.run(
        [*command, "--rootdir", str(folder), str(folder)],
        cwd=CHECKOUT, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    return ended.stdout + ended.stderr


def test_the_mark_selects_the_tests_that_use_a_store_directly_or_through_a_fixture(tmp_path: Path) -> None:
    assert "2 passed, 2 deselected" in run(tmp_path, TESTS, "-m", "stores")


def test_a_test_that_gets_a_store_where_the_mark_cannot_see_it_fails(tmp_path: Path) -> None:
    output = run(tmp_path, TESTS + DYNAMIC)

    assert "5 passed, 1 error" in output
    assert "name the fixture as an argument" in output
