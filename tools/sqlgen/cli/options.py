"""Options and output that several subcommands share."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from tools.sqlgen.cli.exit_codes import FAILED
from tools.sqlgen.diagnostics import Diagnostic, RunError, did_you_mean, render
from tools.sqlgen.driver.cache import FOLDER, NO_CACHE, Cache
from tools.sqlgen.input.config import Config, Member, load_members


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


def for_each_member(path: Path, run: Callable[[Member], int]) -> int:
    """Run a subcommand for the project of that file, or for every project of a workspace.

    Returns the highest exit code. A project that cannot be read does not end the run of the others.
    """
    members = load_members(path)
    if len(members) == 1:
        return run(members[0])
    return max([_run_member(member, run) for member in members])


def _run_member(member: Member, run: Callable[[Member], int]) -> int:
    try:
        return run(member)
    except RunError as error:
        print(f"error: {member.folder}: {error}", file=sys.stderr)
        return FAILED


def unknown_query(wanted: str, known: Sequence[str]) -> RunError:
    """Return the error for a query, or a place of one, that no project has; `known` are names and places."""
    hint = did_you_mean(wanted, known) or "`describe` lists all of them"
    return RunError(f"no query {wanted}; {hint}")


def print_output(output: bytes) -> None:
    """Write the output of a subcommand to stdout.

    A reader that closes it before the end, as `head` does, is no error.
    """
    try:
        sys.stdout.buffer.write(output)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        # The interpreter flushes stdout again when it exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def print_diagnostics(diagnostics: Sequence[Diagnostic], texts: dict[str, str], folder: str = "") -> None:
    """Print diagnostics and the number of errors to stderr.

    `texts` maps each path to its file's text; `folder` is the project's folder in a workspace, which is printed
    before each path.
    """
    for each in diagnostics:
        shown = msgspec.structs.replace(each, path=f"{folder}/{each.path}") if folder else each
        print(render(shown, texts.get(each.path, "")), file=sys.stderr)
    count = sum(each.severity == "error" for each in diagnostics)
    if count:
        print(f"{count} error{'s' if count > 1 else ''}", file=sys.stderr)
