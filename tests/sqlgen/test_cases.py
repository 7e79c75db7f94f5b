"""Golden tests: a folder for each case, with schema.sql, query.sql, and the expected module or diagnostics.

`--update-goldens` writes the actual result as the expected one. A case may have a config.toml: the content of
[tool.sqlgen].
"""

import sys
import tomllib
from pathlib import Path

import msgspec
import pytest

from tests.type_checkers import mypy, pyright, run
from tools.sqlgen.diagnostics import render
from tools.sqlgen.driver.formatting import format_files
from tools.sqlgen.driver.project import Project
from tools.sqlgen.emit.package import package_files
from tools.sqlgen.input.config import Config, parse_config
from tools.sqlgen.input.sources import QueryText
from tools.sqlgen.verify.run import Options, verify
from tools.sqlgen.verify.wire import Client

CASES = Path(__file__).parent / "cases"
USE = """from asyncmy.connection import Connection as AsyncmyConnection

from . import query
from .connection import Connection

queries: query.Querier = query


def takes(connection: AsyncmyConnection) -> Connection:
    return connection
"""
"""A module satisfies its own Querier, and asyncmy's connection satisfies Connection."""

NAMES = sorted(path.name for path in CASES.iterdir() if (path / "query.sql").exists())
SETTINGS = Path(__file__).parents[2] / "pyproject.toml"


def project_of(case: Path, *, querier: bool = False) -> Project:
    path = case / "config.toml"
    config = parse_config(tomllib.loads(path.read_text()), path) if path.exists() else Config(case)
    config = msgspec.structs.replace(config, querier=querier or config.querier)
    return Project.open(config, schema=[case / "schema.sql"])


def compile_case(case: Path, *, querier: bool = False) -> tuple[dict[str, str], str]:
    """Return the package's files, not formatted, and the printed diagnostics; one of the two is empty."""
    project = project_of(case, querier=querier)
    text = (case / "query.sql").read_text(encoding="utf-8")
    file = project.check(QueryText("query.sql", "query", text))
    texts = {**project.texts, "query.sql": text}
    found = [*project.schema.diagnostics, *file.diagnostics]
    if found:
        return {}, "\n\n".join(render(each, texts[each.path]) for each in found) + "\n"
    return {**package_files(project.models.text("schema.sql")), "query.py": project.module(file)}, ""


@pytest.mark.parametrize("name", NAMES)
def test_a_case_compiles_to_what_it_expects(name: str, request: pytest.FixtureRequest) -> None:
    case = CASES / name
    files, errors = compile_case(case)
    produced = (
        {"expected.py": format_files(files, SETTINGS)["query.py"]}
        if files
        else {"expected_error.txt": errors}
    )
    [(golden, text)] = produced.items()
    if request.config.getoption("--update-goldens"):
        for other in ("expected.py", "expected_error.txt"):
            (case / other).unlink(missing_ok=True)
        (case / golden).write_text(text, encoding="utf-8")
    assert (case / golden).exists(), f"{name}: got {golden}:\n{text}"
    assert text == (case / golden).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def mysql(mysql_url: str) -> str:
    client = Client(mysql_url)
    client.close()
    if client.is_mariadb:
        pytest.skip("the cases are written for MySQL: MariaDB has no INSERT ... AS and no BIN_TO_UUID")
    return mysql_url


@pytest.mark.parametrize("name", NAMES)
def test_a_case_means_on_a_server_what_the_compiler_says(name: str, mysql: str) -> None:
    case = CASES / name
    project = project_of(case)
    text = (case / "query.sql").read_text(encoding="utf-8")
    file = project.check(QueryText("query.sql", "query", text))
    report = verify(mysql, project, [file], Options(explain=False))
    assert report.variants >= report.queries == len(file.compiled)
    assert not report.diagnostics, [render(each, file.text) for each in report.diagnostics]


def test_what_the_cases_emit_passes_both_type_checkers_and_the_formatter(tmp_path: Path) -> None:
    for name in NAMES:
        files, _ = compile_case(CASES / name, querier=True)
        if not files:
            continue
        package = tmp_path / f"case_{name}"
        package.mkdir()
        for file, text in format_files(files, SETTINGS).items():
            (package / file).write_text(text, encoding="utf-8")
        (package / "use.py").write_text(USE)
    overrides = CASES.parent / "overrides"
    (tmp_path / "project_types").mkdir()
    for path in overrides.glob("*.py"):
        (tmp_path / "project_types" / path.name).write_text(path.read_text())
    ruff: list[str | Path] = [sys.executable, "-m", "ruff", "format", "--check", "--config", SETTINGS, "."]
    for done in (mypy(tmp_path, tmp_path / ".mypy_cache", "."), pyright(tmp_path), run(ruff, tmp_path)):
        assert done.returncode == 0, done.stdout + done.stderr
