"""Verifies every query on a live MySQL or MariaDB.

Makes a scratch database from the migrations, PREPAREs every query in every variant, compares columns and
parameters with what was inferred, runs it on empty tables and on edge rows, walks its orders, and reads its plans.
Everything that it writes is rolled back or dropped.
"""

import sys
import time
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager

from msgspec import Struct

from tools.sqlgen.catalog import Catalog
from tools.sqlgen.diagnostics import Diagnostic
from tools.sqlgen.driver.compile import CheckedFile
from tools.sqlgen.driver.project import Project
from tools.sqlgen.lower.query import CompiledQuery
from tools.sqlgen.verify import queries, scratch
from tools.sqlgen.verify.compare import Finding
from tools.sqlgen.verify.orders import order_findings
from tools.sqlgen.verify.plan_rules import plan_findings
from tools.sqlgen.verify.primary import primary_of
from tools.sqlgen.verify.queries import Prepared, Rows
from tools.sqlgen.verify.rows import fill, tables_of
from tools.sqlgen.verify.statistics import pretend_rows
from tools.sqlgen.verify.wire import Client, ServerError


class Options(Struct, frozen=True):
    """Options of a run."""

    migrated: bool = False
    """Use the URL's own database as it is, instead of a scratch one."""
    explain: bool = True
    table_rows: int = 100_000
    """The number of rows that the optimizer assumes for every table of the scratch database."""
    most_rows: int = 1_000
    """Plans that read, sort or store more need a waiver."""


class Report(Struct):
    """Findings and counts of a run."""

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


def verify(
    url: str,
    project: Project,
    files: Sequence[CheckedFile],
    options: Options,
) -> Report:
    """Compare every compiled query of the project's files with the server of that URL.

    Raises:
        ServerError: the server cannot be reached, or does not allow what the verifier needs.
        RefusedSchemaError: the server refuses a statement of the schema.

    """
    report = Report([])
    with ExitStack() as stack:
        client = Client(primary_of(url), database=None if options.migrated else "")
        stack.callback(client.close)
        explained = options.explain
        if not options.migrated:
            name = stack.enter_context(scratch.scratch_database(client))
            _progress(f"database {name}: {len(project.schema_files)} schema files")
            scratch.apply_schema(client, project.schema_files)
            explained = explained and _pretend(client, name, project.catalog, options, report)
        held = [_hold(client, file, query, report) for file in files for query in file.compiled]
        _execute(client, project.catalog, held, options, report, explained=explained)
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
            each.findings.extend(order_findings(client, each.query, each.prepared, state))
            if explained:
                plans = queries.plans_of(client, each.query, each.prepared, state)
                each.findings.extend(plan_findings(each.query, plans, options.most_rows))


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


def _progress(text: str) -> None:
    print(f"verify: {time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)
