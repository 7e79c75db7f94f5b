"""explain: print why a query has its types, its nullability, its parameters and its number of rows."""

import argparse
from collections.abc import Iterator, Sequence

from msgspec import Struct

from tools.sqlgen.cli.exit_codes import FAILED, OK
from tools.sqlgen.cli.options import print_diagnostics, print_output, project_parser, unknown_query
from tools.sqlgen.diagnostics import position
from tools.sqlgen.driver.project import Project
from tools.sqlgen.explain.places import SchemaPlaces
from tools.sqlgen.explain.query import Explainer
from tools.sqlgen.explain.render import render_explanation
from tools.sqlgen.input.config import Member, load_members
from tools.sqlgen.input.query_files import QuerySource, read_queries
from tools.sqlgen.input.sources import QueryText


class Found(Struct, frozen=True):
    """A query, its file, and its project."""

    member: Member
    project: Project
    file: QueryText
    source: QuerySource

    @property
    def path(self) -> str:
        """The path of the file, below the folder of a workspace."""
        return f"{self.member.folder}/{self.file.path}" if self.member.folder else self.file.path

    @property
    def line(self) -> int:
        return position(self.file.text, self.source.start)[0]


def main(arguments: Sequence[str]) -> int:
    """Run the subcommand; returns the exit code."""
    options = _parser().parse_args(arguments)
    every = [found for member in load_members(options.config) for found in _queries_of(member)]
    explanations = [_explained(found) for found in find_queries(every, options.query)]
    print_output("\n".join(filter(None, explanations)).encode())
    return FAILED if None in explanations else OK


def _queries_of(member: Member) -> Iterator[Found]:
    project = Project.open(member.config)
    for file in project.query_texts():
        yield from (Found(member, project, file, source) for source in read_queries(file.text))


def _explained(found: Found) -> str | None:
    """Explain one query; prints the findings and returns None if it has an error."""
    project, file, source = found.project, found.file, found.source
    folder = found.member.folder
    print_diagnostics(project.schema.diagnostics, project.texts, folder)
    explainer = Explainer(project.catalog, project.config, project.models, SchemaPlaces(project.schema_files))
    analysed = explainer.analyse(file.text, source)
    explanation = explainer.explain(source, analysed) if analysed else None
    if explanation is None:
        own = [each for each in project.check(file).diagnostics if each.query == (source.name or None)]
        print_diagnostics(own, {file.path: file.text}, folder)
        return None
    return render_explanation(explanation, f"{found.path}:{found.line}")


def _parser() -> argparse.ArgumentParser:
    parser = project_parser("explain")
    parser.add_argument(
        "query", metavar="QUERY", help="a query's name, file.name, or the place file.sql:line"
    )
    return parser


def find_queries(every: Sequence[Found], wanted: str) -> list[Found]:
    """The queries that `wanted` means: a name can be in several files. Raises RunError if there is none."""
    path, _, line = wanted.rpartition(":")
    if path and line.isdecimal():
        found = list(_at_line(every, path, int(line)))
        known = [f"{each.path}:{line}" for each in every]
    else:
        found = [each for each in every if wanted in _names(each)]
        known = [name for each in every for name in _names(each)]
    if not found:
        raise unknown_query(wanted, known)
    return found


def _names(query: Found) -> tuple[str, str]:
    return query.source.name, f"{query.file.stem}.{query.source.name}"


def _at_line(every: Sequence[Found], path: str, line: int) -> Iterator[Found]:
    """The query of that file that has the line: the last one that begins at it or before it."""
    before = [
        each for each in every if (each.path == path or each.path.endswith(f"/{path}")) and each.line <= line
    ]
    yield from before[-1:]
