"""python -m tools.sqlgen gen | check | watch | describe | explain | verify | lsp

Exit codes: 0 success; 1 errors in the input, or generated files that are not up to date; 2 wrong usage.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

from tools.sqlgen.cli.exit_codes import FAILED, OK
from tools.sqlgen.diagnostics import RunError

PROGRAM = "python -m tools.sqlgen"
COMMANDS = {
    "gen": "write the generated package, if there are no errors",
    "check": "fail if the generated package is not up to date",
    "watch": "gen, again after each change",
    "describe": "print what is known about every query, as JSON",
    "explain": "print why a query has its types, NULLs, parameters and rows",
    "verify": "compare every query with a live server",
    "lsp": "serve editors: diagnostics, hover, completion, definitions, over stdio",
}
"""One module of this package each, imported only when it runs."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand; returns the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    name = _parser().parse_args(given[:1]).command
    run: Callable[[Sequence[str]], int] = import_module(f"tools.sqlgen.cli.{name}").main
    try:
        return run(given[1:])
    except RunError as error:
        print(f"error: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return OK


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=PROGRAM, description="SQL files to typed Python.")
    # With `prog` given, argparse formats no usage for it, for which it would import shutil with three compressors.
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command", prog=PROGRAM)
    for name, text in COMMANDS.items():
        commands.add_parser(name, help=text, add_help=False)
    return parser
