"""Laying out generated code with ruff."""

import shutil
from pathlib import Path

import pytest

from tools.sqlgen.driver.formatting import FormatError, format_files


def test_the_settings_of_the_project_hold(tmp_path: Path) -> None:
    settings = tmp_path / "pyproject.toml"
    settings.write_text("[tool.ruff]\nline-length = 40\n")
    text = "x = call(first_argument, second_argument, third_argument)\n"
    assert format_files({"a.py": text, "py.typed": ""}, settings) == {
        "a.py": "x = call(\n    first_argument,\n    second_argument,\n    third_argument,\n)\n",
        "py.typed": "",
    }
    assert format_files({"a.py": text}, tmp_path / "none.toml") == {"a.py": text}


def test_code_that_is_no_python_is_a_fault_of_the_compiler() -> None:
    with pytest.raises(FormatError, match=r"this is a fault of the compiler: .*a\.py"):
        format_files({"a.py": "def ("}, None)


def test_a_missing_ruff_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def find_nothing(*_: object, **__: object) -> None:
        pass

    monkeypatch.setattr(shutil, "which", find_nothing)
    with pytest.raises(FormatError, match="ruff was not found"):
        format_files({"a.py": "x = 1\n"}, None)
