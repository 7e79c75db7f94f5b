"""A workspace: several projects in one run."""

import shutil
from pathlib import Path

import pytest

from tests.sqlgen.cli.conftest import Run
from tools.sqlgen.input.config import ConfigError, load_config, load_members


@pytest.fixture
def workspace(project: Path) -> Path:
    """Two copies of the project, and a pyproject.toml that lists them."""
    for name in ("shop", "stock"):
        (project / name).mkdir()
        for part in ("migrations", "sql", "pyproject.toml"):
            copy = shutil.copytree if (project / part).is_dir() else shutil.copy
            copy(project / part, project / name / part)
    (project / "pyproject.toml").write_text('[tool.sqlgen]\nworkspace = ["shop", "stock"]\n')
    shutil.rmtree(project / "sql")
    return project


def test_gen_writes_the_package_of_every_project_and_check_finds_them_up_to_date(
    workspace: Path, sqlgen: Run
) -> None:
    done = sqlgen("gen")
    assert done.returncode == 0, done.stderr
    assert "wrote shop/generated/items.py" in done.stdout
    assert "stock: 1 query files, 1 recompiled" in done.stdout
    assert (workspace / "stock/generated/items.py").exists()
    checked = sqlgen("check")
    assert checked.returncode == 0
    assert checked.stdout == "shop/generated/ is up to date\nstock/generated/ is up to date\n"


def test_a_project_alone_gives_the_same_files(workspace: Path, sqlgen: Run) -> None:
    sqlgen("gen")
    text = (workspace / "shop/generated/items.py").read_text()
    assert sqlgen("check", "--config", "shop/pyproject.toml", "--no-cache").returncode == 0
    assert "from sql/items.sql" in text.splitlines()[0]


def test_an_error_in_one_project_is_at_its_path_and_the_others_are_written(
    workspace: Path, sqlgen: Run
) -> None:
    (workspace / "shop/sql/items.sql").write_text(
        "-- name: get_item :one\nSELECT nme FROM items WHERE id = :id;\n"
    )
    done = sqlgen("gen")
    assert done.returncode == 1
    assert "shop/sql/items.sql:2:8: error: unknown column 'nme'" in done.stderr
    assert "shop: nothing was written" in done.stderr
    assert not (workspace / "shop/generated").exists()
    assert (workspace / "stock/generated/items.py").exists()


def test_a_project_that_cannot_be_read_does_not_end_the_run(workspace: Path, sqlgen: Run) -> None:
    shutil.rmtree(workspace / "shop/migrations")
    done = sqlgen("gen")
    assert done.returncode == 1
    assert "error: shop: " in done.stderr
    assert (workspace / "stock/generated/items.py").exists()


@pytest.mark.usefixtures("workspace")
def test_a_command_for_one_project_says_how_to_choose_it(sqlgen: Run) -> None:
    done = sqlgen("describe")
    assert done.returncode == 1
    assert "a workspace; name one of its projects: --config shop/pyproject.toml" in done.stderr
    assert sqlgen("describe", "--config", "shop/pyproject.toml").returncode == 0


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("workspace = 'shop'", "workspace: Expected `array`, got `str`; write a list of folders"),
        ("workspace = [1]", "workspace: Expected `str`, got `int` - at `$[0]`; write a list of folders"),
        ("workspace = []", "workspace is empty; write a list of folders"),
        (
            "workspace = ['shop']\nout = 'x'",
            "'out' beside workspace; it belongs in the pyproject.toml of a project",
        ),
        ("workspace = ['none']", "none/pyproject.toml: no such file"),
        ("workspace = ['shop', 'shop']", "'shop' and 'shop' write to the same folder"),
        ("workspace = ['.']", "a workspace"),
    ],
)
def test_a_wrong_workspace_is_named_with_what_is_allowed(workspace: Path, table: str, message: str) -> None:
    (workspace / "pyproject.toml").write_text(f"[tool.sqlgen]\n{table}\n")
    with pytest.raises(ConfigError) as caught:
        load_members(workspace / "pyproject.toml")
    assert message in str(caught.value)


def test_a_file_without_a_list_is_one_project(project: Path) -> None:
    members = load_members(project / "pyproject.toml")
    assert [(member.folder, member.config) for member in members] == [
        ("", load_config(project / "pyproject.toml"))
    ]


def test_a_query_of_any_project_is_explained(workspace: Path, sqlgen: Run) -> None:
    (workspace / "stock/sql/more.sql").write_text("-- name: one_more :one\nSELECT 1 AS n;\n")
    done = sqlgen("explain", "one_more")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("one_more :one  stock/sql/more.sql:1\n")
    assert "did you mean 'one_more'?" in sqlgen("explain", "one_mre").stderr
