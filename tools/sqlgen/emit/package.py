"""The files of the generated package that do not depend on a query."""

from pathlib import Path

from tools.sqlgen.emit.text import MARK, header

SUPPORT = Path(__file__).parent / "support"
RESERVED = ("models", "connection", "runtime")
"""Names that a query module cannot have."""


def package_files(models: str) -> dict[str, str]:
    """Return name and text of each file of the package, except the query modules."""
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
    """True if the compiler generated a file with this text, so that it may remove the file."""
    return text.startswith(f"# {MARK} ")
