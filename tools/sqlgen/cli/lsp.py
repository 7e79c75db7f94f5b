"""lsp: serve editors over stdio, until the editor ends the session."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from tools.sqlgen.cli.exit_codes import OK
from tools.sqlgen.lsp.server import make_server


def main(arguments: Sequence[str]) -> int:
    """Run the subcommand; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.sqlgen lsp")
    parser.add_argument(
        "--config",
        type=Path,
        default=Path("pyproject.toml"),
        help="the file with [tool.sqlgen], relative to the folder that the editor opens (pyproject.toml)",
    )
    options = parser.parse_args(arguments)
    make_server(options.config).start_io()
    return OK
