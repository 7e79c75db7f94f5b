"""Wrong settings and unreadable files get one line that names them."""

from pathlib import Path

import pytest

from tests.sqlgen.cli.conftest import Run
from tools.sqlgen.cli.watch import watch


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ('[tool.sqlgen.columns]\n"items.prise" = "shop.types:Money"', "no table has 'items.prise'"),
        ('[tool.sqlgen.columns]\n"items.price" = { type = "a:B", decod = "a:b" }', "columns.items.price]"),
        ('[tool.sqlgen]\nserver = "oracle"', "server"),
        ('[tool.sqlgen]\nout = "file"', "the output is a folder"),
    ],
)
def test_a_wrong_setting_is_named(project: Path, sqlgen: Run, settings: str, words: str) -> None:
    (project / "file").write_text("")
    (project / "pyproject.toml").write_text(f"{settings}\n")
    done = sqlgen("gen")
    assert done.returncode != 0
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_pattern_that_matches_no_column_is_allowed(project: Path, sqlgen: Run) -> None:
    (project / "pyproject.toml").write_text(
        '[tool.sqlgen.columns]\n"*.attributes" = "shop.types:Attributes"\n'
    )
    assert sqlgen("gen").returncode == 0


def test_a_schema_file_that_is_not_utf_8_is_named(project: Path, sqlgen: Run) -> None:
    (project / "migrations/0002.bad.sql").write_bytes(b"-- \xff\n")
    done = sqlgen("gen")
    assert "0002.bad.sql: not UTF-8" in done.stderr


def test_a_folder_with_the_name_of_a_query_file_is_no_query_file(project: Path, sqlgen: Run) -> None:
    (project / "sql/x.sql").mkdir()
    assert sqlgen("gen").returncode == 0


def test_a_folder_that_the_settings_add_is_watched(tmp_path: Path) -> None:
    first, second, settings = tmp_path / "a.sql", tmp_path / "b.sql", tmp_path / "pyproject.toml"
    for path in (first, second, settings):
        path.write_text("1")
    listed = [settings, first]
    runs: list[int] = []

    class Done(Exception):
        pass

    def run() -> None:
        runs.append(len(runs))
        match len(runs):
            case 1:
                listed.append(second)
                settings.write_text("22")
            case 2:
                second.write_text("22")
            case _:
                raise Done

    with pytest.raises(Done):
        watch(lambda: list(listed), run, 0.01)
