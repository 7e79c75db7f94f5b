"""gen: write the generated package, if there are no errors."""

import sys
import time
from collections.abc import Sequence

from tools.sqlgen.cli.exit_codes import FAILED, OK
from tools.sqlgen.cli.options import cache_of, for_each_member, print_diagnostics, project_parser
from tools.sqlgen.driver.generate import generate
from tools.sqlgen.driver.output import Changes
from tools.sqlgen.driver.project import Project
from tools.sqlgen.input.config import Member


def main(arguments: Sequence[str]) -> int:
    """Run the subcommand; returns the exit code."""
    options = project_parser("gen").parse_args(arguments)
    return for_each_member(options.config, lambda member: write_package(member, cached=not options.no_cache))


def write_package(member: Member, *, cached: bool) -> int:
    """Generate the package of a project and write the files that differ; returns the exit code."""
    started = time.perf_counter()
    config = member.config
    result = generate(Project.open(config, cache=cache_of(config, cached=cached)))
    print_diagnostics(result.diagnostics, result.texts, member.folder)
    at = f"{member.folder}: " if member.folder else ""
    if result.failed:
        print(f"{at}nothing was written", file=sys.stderr)
        return FAILED
    for line in Changes(config.root / config.out, result.files).apply():
        print(line)
    spent = time.perf_counter() - started
    print(f"{at}{result.modules} query files, {result.compiled} recompiled, in {spent:.2f} s")
    return OK
