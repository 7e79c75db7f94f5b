"""gen: write the generated package, if there are no errors."""

import sys
import time
from collections.abc import Sequence

from tools.sqlgen.cli.exit_codes import FAILED, OK
from tools.sqlgen.cli.options import cache_of, print_diagnostics, project_parser
from tools.sqlgen.driver.generate import generate
from tools.sqlgen.driver.output import Changes
from tools.sqlgen.driver.project import Project
from tools.sqlgen.input.config import Config, load_config


def main(arguments: Sequence[str]) -> int:
    """Run the subcommand; returns the exit code."""
    options = project_parser("gen").parse_args(arguments)
    return write_package(load_config(options.config), cached=not options.no_cache)


def write_package(config: Config, *, cached: bool) -> int:
    """Generate the package and write the files that differ; returns the exit code."""
    started = time.perf_counter()
    result = generate(Project.open(config, cache=cache_of(config, cached=cached)))
    print_diagnostics(result.diagnostics, result.texts)
    if result.failed:
        print("nothing was written", file=sys.stderr)
        return FAILED
    for line in Changes(config.root / config.out, result.files).apply():
        print(line)
    spent = time.perf_counter() - started
    print(f"{result.modules} query files, {result.compiled} recompiled, in {spent:.2f} s")
    return OK
