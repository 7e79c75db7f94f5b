"""check: fail if the generated package is not up to date, or if a revision's queries no longer compile."""

import sys
from collections.abc import Sequence

from tools.sqlgen.cli.exit_codes import FAILED, OK
from tools.sqlgen.cli.options import cache_of, for_each_member, print_diagnostics, project_parser
from tools.sqlgen.driver.cache import Cache
from tools.sqlgen.driver.generate import generate
from tools.sqlgen.driver.output import Changes
from tools.sqlgen.driver.project import Project
from tools.sqlgen.input.config import Member


def main(arguments: Sequence[str]) -> int:
    """Run the subcommand; returns the exit code."""
    parser = project_parser("check")
    parser.add_argument(
        "--against", metavar="REV", help="check that the queries of that git revision compile on this schema"
    )
    options = parser.parse_args(arguments)

    def run(member: Member) -> int:
        if options.against:
            return _check_revision(member, options.against)
        return _check_package(member, cache_of(member.config, cached=not options.no_cache))

    return for_each_member(options.config, run)


def _check_package(member: Member, cache: Cache) -> int:
    config = member.config
    result = generate(Project.open(config, cache=cache))
    print_diagnostics(result.diagnostics, result.texts, member.folder)
    if result.failed:
        return FAILED
    changes = Changes(config.root / config.out, result.files)
    for line in changes.report():
        print(line, file=sys.stderr)
    if changes.any:
        print("hint: run `just gen` and commit the result", file=sys.stderr)
        return FAILED
    print(f"{member.folder}/{config.out}/ is up to date" if member.folder else f"{config.out}/ is up to date")
    return OK


def _check_revision(member: Member, revision: str) -> int:
    from tools.sqlgen.driver.revisions import queries_of_revision  # noqa: PLC0415 - few runs start git

    config = member.config
    sources = queries_of_revision(revision, config.queries, config.root)
    project = Project.open(config)
    files = [project.check(source) for source in sources]
    found = [*project.schema.diagnostics, *(each for file in files for each in file.diagnostics)]
    print_diagnostics(
        found, {**project.texts, **{source.path: source.text for source in sources}}, member.folder
    )
    at = f"{member.folder}: " if member.folder else ""
    if any(each.severity == "error" for each in found):
        print(f"{at}the queries of {revision} do not compile on this schema", file=sys.stderr)
        return FAILED
    count = sum(len(file.queries) for file in files)
    print(f"{at}all {count} queries of {revision} compile on this schema")
    return OK
