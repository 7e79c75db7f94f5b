"""describe: print what is known about every query, or about those that are named, as one JSON document.

A wrong query, or a fault of the compiler, becomes the error of that query only.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from tools.sqlgen.cli.exit_codes import OK
from tools.sqlgen.cli.options import print_diagnostics, print_output, unknown_query
from tools.sqlgen.diagnostics import position
from tools.sqlgen.driver.compile import CheckedQuery
from tools.sqlgen.driver.project import Project
from tools.sqlgen.emit.parameters import argument_names
from tools.sqlgen.emit.python_types import display, python_type
from tools.sqlgen.input.config import Config, load_config
from tools.sqlgen.input.query_files import QuerySource, read_queries
from tools.sqlgen.input.sources import QueryText
from tools.sqlgen.ir.query import AnalysedQuery
from tools.sqlgen.syntax.server import Server
from tools.sqlgen.types.sql_type import TypeClass, type_class
from tools.sqlgen.validate.commands import check_cardinality
from tools.sqlgen.validate.values import check_values


class Value(Struct, frozen=True):
    """A column or a parameter."""

    name: str
    type_class: TypeClass
    python: str
    nullable: bool


class Failure(Struct, frozen=True):
    line: int
    col: int
    message: str


class Entry(Struct, frozen=True):
    name: str
    cmd: str
    columns: list[Value]
    params: list[Value]
    reads: Sequence[str]
    """The tables and views in its FROM clauses; a view is not replaced by its tables."""
    writes: Sequence[str]
    """The tables that it adds rows to, changes or deletes from."""
    error: Failure | None


class Document(Struct, frozen=True):
    queries: dict[str, Entry]


def main(arguments: Sequence[str]) -> int:
    """Run the subcommand; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.sqlgen describe")
    parser.add_argument(
        "--config", type=Path, default=None, help="the file with [tool.sqlgen]; none by default"
    )
    parser.add_argument(
        "names", nargs="*", metavar="QUERY", help="a query's name, or file.name; all by default"
    )
    parser.add_argument("--schema", type=Path, nargs="+", metavar="PATH", help="schema files and folders")
    parser.add_argument("--queries", type=Path, nargs="+", metavar="PATH", help="query files and folders")
    options = parser.parse_args(arguments)
    config = Config(Path()) if options.config is None else load_config(options.config)
    if options.config is None and not (options.schema and options.queries):
        config = load_config(Path("pyproject.toml"))
    project = Project.open(config, schema=options.schema)
    print_diagnostics(project.schema.diagnostics, project.texts)
    sources = project.query_texts(options.queries, lenient=True)
    document = describe(sources, project)
    if options.names:
        document = selected(document, options.names)
    print_output(encode(document) + b"\n")
    return OK


def selected(document: Document, names: Sequence[str]) -> Document:
    """Return the entries of those names, in the order of the names. Raises RunError for one that no query has."""
    found: dict[str, Entry] = {}
    for name in names:
        own = {key: entry for key, entry in document.queries.items() if name in {key, entry.name}}
        if not own:
            raise unknown_query(name, [*document.queries, *(each.name for each in document.queries.values())])
        found |= own
    return Document(found)


def describe(sources: Sequence[QueryText], project: Project) -> Document:
    """Describe each query of each file under `<file stem>.<name>`; a second one of that name gets `#2`."""
    describer = _Describer(project)
    entries: dict[str, Entry] = {}
    for source in sources:
        for name, entry in describer.file(source):
            key, number = name, 2
            while key in entries:
                key, number = f"{name}#{number}", number + 1
            entries[key] = entry
    return Document(entries)


def encode(document: Document) -> bytes:
    """Encode the document as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(document), indent=2)


class _Describer:
    def __init__(self, project: Project) -> None:
        self.project = project

    def file(self, source: QueryText) -> list[tuple[str, Entry]]:
        try:
            queries = read_queries(source.text)
        except Exception as error:  # noqa: BLE001 - one file must not end the document
            failure = Failure(1, 1, f"internal error: {type(error).__name__}: {error}")
            return [(f"{source.stem}.", Entry("", "", [], [], (), (), failure))]
        return [(f"{source.stem}.{query.name}", self.query(source.text, query)) for query in queries]

    def query(self, text: str, source: QuerySource) -> Entry:
        try:
            checked = self.project.check_query(text, source)
            columns, params = self._values(checked.analysed)
            return Entry(
                source.name,
                source.command,
                columns,
                params,
                checked.analysed.tables_read if checked.analysed is not None else (),
                checked.analysed.tables_written if checked.analysed is not None else (),
                _failure(text, checked, self.project.catalog.server),
            )
        except Exception as error:  # noqa: BLE001 - a fault of the compiler is that query's error
            line, column = position(text, source.start)
            failure = Failure(line, column, f"internal error: {type(error).__name__}: {error}")
            return Entry(source.name, source.command, [], [], (), (), failure)

    def _values(self, query: AnalysedQuery | None) -> tuple[list[Value], list[Value]]:
        if query is None:
            return [], []
        config, models = self.project.config, self.project.models
        columns = [
            Value(
                column.name,
                type_class(column.type),
                display(python_type(column.type, column.source_column, config, models)),
                column.nullable,
            )
            for column in query.columns
        ]
        names = argument_names(query, ())
        params = [
            Value(
                parameter.name or name,
                "bool" if parameter.is_flag else type_class(parameter.type),
                "bool"
                if parameter.is_flag
                else display(python_type(parameter.type, parameter.source_column, config, models)),
                parameter.nullable,
            )
            for name, parameter in zip(names, query.parameters, strict=True)
        ]
        return columns, params


def _failure(text: str, checked: CheckedQuery, server: Server) -> Failure | None:
    """The first error of the SQL; :one on many rows and types that the driver cannot read are no such errors."""
    ours = _our_rules(checked, server)
    errors = [
        error
        for error in checked.errors
        if error.severity == "error" and (error.message, error.start) not in ours
    ]
    if not errors:
        return None
    first = min(errors, key=lambda error: error.start)
    line, column = position(text, first.start)
    return Failure(line, column, first.message)


def _our_rules(checked: CheckedQuery, server: Server) -> set[tuple[str, int]]:
    if checked.analysed is None:
        return set()
    many = check_cardinality(checked.source, checked.analysed)
    values = check_values(checked.source, checked.analysed, server)
    found = [*values, *([many] if many else [])]
    return {(error.message, error.start) for error in found}
