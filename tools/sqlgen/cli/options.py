"""Options and output that several subcommands share."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.sqlgen.diagnostics import Diagnostic, render
from tools.sqlgen.driver.cache import FOLDER, NO_CACHE, Cache
from tools.sqlgen.input.config import Config


def project_parser(command: str) -> argparse.ArgumentParser:
    """A parser with the options of every subcommand that compiles the whole project."""
    parser = argparse.ArgumentParser(prog=f"python -m tools.sqlgen {command}")
    parser.add_argument(
        "--config",
        type=Path,
        default=Path("pyproject.toml"),
        help="the file with [tool.sqlgen] (pyproject.toml)",
    )
    parser.add_argument(
        "--no-cache", action="store_true", help="recompile everything; leave .sqlgen-cache alone"
    )
    return parser


def cache_of(config: Config, *, cached: bool) -> Cache:
    """The project's cache, or one that keeps nothing."""
    return Cache(config.root / FOLDER) if cached else NO_CACHE


def print_diagnostics(diagnostics: Sequence[Diagnostic], texts: dict[str, str]) -> None:
    """Print diagnostics and the number of errors to stderr; `texts` maps each path to its file's text."""
    for each in diagnostics:
        print(render(each, texts.get(each.path, "")), file=sys.stderr)
    count = sum(each.severity == "error" for each in diagnostics)
    if count:
        print(f"{count} error{'s' if count > 1 else ''}", file=sys.stderr)
