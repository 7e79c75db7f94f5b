"""explain: print why a query has its types, its nullability, its parameters and its number of rows."""

import argparse
from collections.abc import Iterator, Sequence

from tools.sqlgen.cli.exit_codes import FAILED, OK
from tools.sqlgen.cli.options import print_diagnostics, project_parser
from tools.sqlgen.diagnostics import RunError, did_you_mean, position
from tools.sqlgen.driver.project import Project
from tools.sqlgen.explain.places import SchemaPlaces
from tools.sqlgen.explain.query import Explainer
from tools.sqlgen.explain.render import render_explanation
from tools.sqlgen.input.config import load_config
from tools.sqlgen.input.query_files import QuerySource, read_queries
from tools.sqlgen.input.sources import QueryText

Found = tuple[QueryText, QuerySource]


def main(arguments: Sequence[str]) -> int:
    """Run the subcommand; returns the exit code."""
    options = _parser().parse_args(arguments)
    project = Project.open(load_config(options.config))
    print_diagnostics(project.schema.diagnostics, project.texts)
    explainer = Explainer(project.catalog, project.config, project.models, SchemaPlaces(project.schema_files))
    failed = False
    for index, (file, source) in enumerate(find_queries(project.query_texts(), options.query)):
        analysed = explainer.analyse(file.text, source)
        explanation = explainer.explain(source, analysed) if analysed else None
        if explanation is None:
            own = [each for each in project.check(file).diagnostics if each.query == (source.name or None)]
            print_diagnostics(own, {file.path: file.text})
            failed = True
            continue
        place = f"{file.path}:{position(file.text, source.start)[0]}"
        print(("\n" if index else "") + render_explanation(explanation, place), end="")
    return FAILED if failed else OK


def _parser() -> argparse.ArgumentParser:
    parser = project_parser("explain")
    parser.add_argument(
        "query", metavar="QUERY", help="a query's name, file.name, or the place file.sql:line"
    )
    return parser


def find_queries(files: Sequence[QueryText], wanted: str) -> list[Found]:
    """The queries that `wanted` means: a name can be in several files. Raises RunError if there is none."""
    every = [(file, source) for file in files for source in read_queries(file.text)]
    path, _, line = wanted.rpartition(":")
    found = list(_at_line(every, path, int(line))) if path and line.isdecimal() else _named(every, wanted)
    if not found:
        names = [name for file, source in every for name in (source.name, f"{file.stem}.{source.name}")]
        hint = did_you_mean(wanted, names)
        raise RunError(f"no query {wanted}" + (f"; {hint}" if hint else ""))
    return found


def _named(every: Sequence[Found], wanted: str) -> list[Found]:
    return [(file, source) for file, source in every if wanted in {source.name, f"{file.stem}.{source.name}"}]


def _at_line(every: Sequence[Found], path: str, line: int) -> Iterator[Found]:
    """The query of that file that has the line: the last one that begins at it or before it."""
    before = [
        (file, source)
        for file, source in every
        if (file.path == path or file.path.endswith(f"/{path}"))
        and position(file.text, source.start)[0] <= line
    ]
    yield from before[-1:]
