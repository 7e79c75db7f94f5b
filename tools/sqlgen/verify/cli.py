"""python -m tools.sqlgen verify: every query held against a live MySQL or MariaDB.

Makes a database of its own from the migrations, PREPAREs every query in every variant, compares columns and
parameters with what was inferred, runs it on empty tables and on rows at the edges, and reads its plans.
Everything it writes is rolled back or dropped.
Exit codes: 0 all is right; 1 findings; 2 wrong usage, or no server.
"""

import argparse
import os
import sys
import time
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from msgspec import Struct

from tools.sqlgen.catalog import Catalog
from tools.sqlgen.compiler import CheckedFile, check_file
from tools.sqlgen.config import ConfigError, load_config
from tools.sqlgen.diagnostics import Diagnostic, render
from tools.sqlgen.lower.query import CompiledQuery
from tools.sqlgen.migrations import SchemaFile
from tools.sqlgen.sources import SourceError, build_schema, read_query_texts, read_schema_files
from tools.sqlgen.verify import queries, scratch
from tools.sqlgen.verify.compare import Finding
from tools.sqlgen.verify.plan_rules import plan_findings
from tools.sqlgen.verify.queries import Prepared, Rows
from tools.sqlgen.verify.rows import fill, tables_of
from tools.sqlgen.verify.statistics import pretend_rows
from tools.sqlgen.verify.wire import Client, ServerError

OK, FAILED, USAGE = 0, 1, 2


class Options(Struct, frozen=True):
    """How a run is done."""

    migrated: bool = False
    """Use the URL's own database as it is, instead of a scratch one."""
    explain: bool = True
    table_rows: int = 100_000
    """How large every table of the scratch database looks to the optimizer."""
    most_rows: int = 1_000
    """Plans that read, sort or store more need a waiver."""


class Report(Struct):
    """What a run found, and how much it did."""

    diagnostics: list[Diagnostic]
    queries: int = 0
    variants: int = 0
    runs: int = 0
    notes: list[str] = []


class _Held(Struct, frozen=True):
    """A query and its variants on the server."""

    file: CheckedFile
    query: CompiledQuery
    prepared: list[Prepared]
    findings: list[Finding]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    given = _parser().parse_args(arguments)
    url = given.database_url or os.environ.get("DATABASE_URL")
    if not url:
        print("error: no server: give --database-url, or set DATABASE_URL", file=sys.stderr)
        return USAGE
    options = Options(given.migrated, not given.no_explain, given.table_rows, given.most_rows)
    try:
        config = load_config(given.config)
        schema_files = read_schema_files(
            given.schema or [config.root / path for path in config.schema], config.root
        )
        sources = read_query_texts(
            given.queries or [config.root / path for path in config.queries], config.root
        )
        schema = build_schema(schema_files)
        files = [check_file(source.path, source.text, schema.catalog) for source in sources]
        early = [*schema.diagnostics, *(each for file in files for each in file.diagnostics)]
        texts = {**schema.texts, **{file.path: file.text for file in files}}
        report = verify(url, schema_files, schema.catalog, files, options)
    except (ConfigError, SourceError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return USAGE
    except scratch.RefusedSchemaError as error:
        print(render(error.diagnostic, error.text), file=sys.stderr)
        return FAILED
    except ServerError as error:
        print(f"error: the server: {error.args[-1]}", file=sys.stderr)
        return USAGE
    return _print(report, early, texts)


def verify(
    url: str,
    schema_files: Sequence[SchemaFile],
    catalog: Catalog,
    files: Sequence[CheckedFile],
    options: Options,
) -> Report:
    """Hold every compiled query of the files against the server of that URL.

    Raises:
        ServerError: the server cannot be reached, or does not allow what the verifier needs.
        RefusedSchemaError: the server refuses a statement of the schema.

    """
    report = Report([])
    with ExitStack() as stack:
        client = Client(url, database=None if options.migrated else "")
        stack.callback(client.close)
        explained = options.explain
        if not options.migrated:
            name = stack.enter_context(scratch.scratch_database(client))
            _progress(f"database {name}: {len(schema_files)} schema files")
            scratch.apply_schema(client, schema_files)
            explained = explained and _pretend(client, name, catalog, options, report)
        held = [_hold(client, file, query, report) for file in files for query in file.compiled]
        _execute(client, catalog, held, options, report, explained=explained)
    for each in held:
        report.diagnostics += _diagnostics(each)
    return report


def _pretend(client: Client, name: str, catalog: Catalog, options: Options, report: Report) -> bool:
    if client.is_mariadb:
        report.notes.append("plans were not read: MariaDB takes no statistics from outside; use --migrated")
        return False
    try:
        pretend_rows(client, name, tables_of(catalog), options.table_rows)
    except ServerError as error:
        report.notes.append(f"plans were not read: statistics cannot be set here ({error.args[-1]})")
        return False
    return True


def _hold(client: Client, file: CheckedFile, query: CompiledQuery, report: Report) -> _Held:
    findings: list[Finding] = []
    prepared = queries.prepare(client, query, file.text, findings)
    report.queries += 1
    report.variants += len(prepared)
    return _Held(file, query, prepared, findings)


def _execute(
    client: Client,
    catalog: Catalog,
    held: Sequence[_Held],
    options: Options,
    report: Report,
    *,
    explained: bool,
) -> None:
    name = "with the tables as they are" if options.migrated else "with empty tables"
    with _transaction(client):
        report.runs += sum(_run(client, each, Rows(name, {})) for each in held)
    with _transaction(client):
        filled = fill(client, catalog)
        report.notes += [f"no edge rows in {table}: {why}" for table, why in filled.empty.items()]
        state = Rows("with edge rows", filled.values)
        current = ""
        for each in held:
            if each.file.path != current:
                current = each.file.path
                _progress(current)
            report.runs += _run(client, each, state)
            if explained:
                costs = queries.plans(client, each.query, each.prepared, state)
                each.findings.extend(plan_findings(each.query, costs, options.most_rows))


def _run(client: Client, held: _Held, state: Rows) -> int:
    return queries.execute(client, held.query, held.prepared, state, held.findings)


@contextmanager
def _transaction(client: Client) -> Generator[None]:
    client.query("START TRANSACTION")
    try:
        yield
    finally:
        client.query("ROLLBACK")


def _diagnostics(held: _Held) -> list[Diagnostic]:
    """The findings of one query, each place and kind of message once."""
    unique: dict[tuple[int, str], Diagnostic] = {}
    source = held.query.source
    for each in held.findings:
        start, end = (each.start, each.end) if each.end else (source.sql_start, source.sql_end)
        kind = each.message.split(" with ")[0].split(" (with ")[0]
        unique.setdefault(
            (start, kind),
            Diagnostic(held.file.path, start, end, each.message, each.hint, each.severity, source.name),
        )
    return sorted(unique.values())


def _print(report: Report, early: Sequence[Diagnostic], texts: dict[str, str]) -> int:
    found = [*early, *report.diagnostics]
    for each in found:
        print(render(each, texts.get(each.path, "")), file=sys.stderr)
    for note in report.notes:
        print(f"note: {note}", file=sys.stderr)
    errors = sum(each.severity == "error" for each in found)
    print(
        f"{report.queries} queries in {report.variants} variants prepared, {report.runs} runs: "
        f"{errors} error{'' if errors == 1 else 's'}"
    )
    return FAILED if errors else OK


def _progress(text: str) -> None:
    print(f"verify: {time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    defaults = Options()
    parser = argparse.ArgumentParser(
        prog="python -m tools.sqlgen verify",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--database-url", metavar="URL", help="mysql://user:password@host:port/ (default: $DATABASE_URL)"
    )
    parser.add_argument(
        "--config", type=Path, default=Path("pyproject.toml"), help="the file with [tool.sqlgen]"
    )
    parser.add_argument("--schema", type=Path, nargs="+", metavar="PATH", help="schema files and folders")
    parser.add_argument("--queries", type=Path, nargs="+", metavar="PATH", help="query files and folders")
    parser.add_argument(
        "--migrated", action="store_true", help="use the URL's database as it is; its rows and plans count"
    )
    parser.add_argument("--no-explain", action="store_true", help="leave the plans alone")
    parser.add_argument(
        "--table-rows", type=int, default=defaults.table_rows, metavar="N",
        help=f"how large each table looks to the optimizer (default: {defaults.table_rows:,})",
    )  # fmt: skip
    parser.add_argument(
        "--most-rows", type=int, default=defaults.most_rows, metavar="N",
        help=f"plans that read, sort or store more rows need a waiver (default: {defaults.most_rows:,})",
    )  # fmt: skip
    return parser
