"""The files of the generated package, as text."""

from pathlib import Path

from tools.sqlgen.emit.text import MARK, header

SUPPORT = Path(__file__).parent / "support"
RESERVED = ("models", "connection", "runtime")
"""Module names that a query file cannot have."""


def package_files(models: str) -> dict[str, str]:
    """File name -> text of what every package has besides its query modules."""
    files = {
        "__init__.py": header("the schema and the queries")
        + '"""Typed queries: a module for each query file."""\n',
        "py.typed": "",
        "models.py": models,
    }
    for name in ("connection", "runtime"):
        text = (SUPPORT / f"{name}.py").read_text(encoding="utf-8")
        files[f"{name}.py"] = header(f"tools/sqlgen/emit/support/{name}.py") + text
    return files


def is_ours(text: str) -> bool:
    """Whether a file was generated, so that a stale one may be removed."""
    return text.startswith(f"# {MARK} ")
