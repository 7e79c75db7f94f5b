"""One case a folder: schema.sql and query.sql, and the module or the diagnostics that come of them.

`--update-goldens` writes what is found as what is expected. A case may have a config.toml: the inside of
[tool.sqlgen].
"""

import subprocess
import sys
import tomllib
from pathlib import Path

import msgspec
import pytest

from tools.sqlgen.compiler import check_file, module_of
from tools.sqlgen.config import Config, parse_config
from tools.sqlgen.diagnostics import render
from tools.sqlgen.emit.models import Models
from tools.sqlgen.emit.package import package_files
from tools.sqlgen.formatting import format_files
from tools.sqlgen.sources import build_schema, read_schema_files
from tools.sqlgen.verify.cli import Options, verify
from tools.sqlgen.verify.wire import Client

CASES = Path(__file__).parent / "cases"
USE = """from asyncmy.connection import Connection as AsyncmyConnection

from . import query
from .connection import Connection

queries: query.Querier = query


def takes(connection: AsyncmyConnection) -> Connection:
    return connection
"""
"""What a module promises its callers: it is its own Querier, and asyncmy's connection fits."""

NAMES = sorted(path.name for path in CASES.iterdir() if (path / "query.sql").exists())
SETTINGS = Path(__file__).parents[2] / "pyproject.toml"


def config_of(case: Path) -> Config:
    path = case / "config.toml"
    return parse_config(tomllib.loads(path.read_text()), path) if path.exists() else Config(case)


def compile_case(case: Path, *, querier: bool = False) -> tuple[dict[str, str], str]:
    """The package's files, not laid out, and the diagnostics as they are printed; one of the two is empty."""
    schema = build_schema(read_schema_files([case / "schema.sql"], case))
    config = config_of(case)
    config = msgspec.structs.replace(config, querier=querier or config.querier)
    models = Models(schema.catalog, config)
    text = (case / "query.sql").read_text(encoding="utf-8")
    file = check_file("query.sql", text, schema.catalog, models)
    texts = {**schema.texts, "query.sql": text}
    found = [*schema.diagnostics, *file.diagnostics]
    if found:
        return {}, "\n\n".join(render(each, texts[each.path]) for each in found) + "\n"
    return {**package_files(models.text("schema.sql")), "query.py": module_of(file, config, models)}, ""


@pytest.mark.parametrize("name", NAMES)
def test_a_case_compiles_to_what_it_expects(name, request):
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
def mysql(mysql_url):
    client = Client(mysql_url)
    client.close()
    if client.is_mariadb:
        pytest.skip("the cases are written for MySQL: MariaDB has no INSERT ... AS and no BIN_TO_UUID")
    return mysql_url


@pytest.mark.parametrize("name", NAMES)
def test_a_case_means_on_a_server_what_the_compiler_says(name, mysql):
    case = CASES / name
    schema_files = read_schema_files([case / "schema.sql"], case)
    schema = build_schema(schema_files)
    file = check_file("query.sql", (case / "query.sql").read_text(encoding="utf-8"), schema.catalog)
    report = verify(mysql, schema_files, schema.catalog, [file], Options(explain=False))
    assert report.variants >= report.queries == len(file.compiled)
    assert not report.diagnostics, [render(each, file.text) for each in report.diagnostics]


def test_what_the_cases_emit_passes_both_type_checkers_and_the_formatter(tmp_path):
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
    (tmp_path / "pyrightconfig.json").write_text('{"typeCheckingMode": "strict", "pythonVersion": "3.11"}')
    programs = Path(sys.executable).parent
    for command in (
        [programs / "mypy", "--strict", "--warn-unreachable", "--python-version=3.11", "."],
        [programs / "pyright", "--project", tmp_path, "--pythonpath", sys.executable],
        [programs / "ruff", "format", "--check", "--config", SETTINGS, "."],
    ):
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300)
        assert done.returncode == 0, done.stdout + done.stderr
