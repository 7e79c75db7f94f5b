"""Worlds of random tables, the compiler's claims about random queries over them, and what the server says."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.sqlgen.property.grammar import Grammar
from tools.sqlgen.driver.project import Project
from tools.sqlgen.input.config import Config
from tools.sqlgen.input.migrations import SchemaFile
from tools.sqlgen.input.query_files import read_queries
from tools.sqlgen.ir.query import AnalysedQuery
from tools.sqlgen.types.sql_type import type_class
from tools.sqlgen.verify import server
from tools.sqlgen.verify.compare import same_class
from tools.sqlgen.verify.scratch import scratch_database
from tools.sqlgen.verify.wire import Client, ServerError, Statement


@dataclass
class Tally:
    """Counts of a run, and its faults."""

    queries: int = 0
    executed: int = 0
    columns: int = 0
    nulls_seen: int = 0
    server_not_null: int = 0
    proved_of_those: int = 0
    proved: int = 0
    faults: list[str] = field(default_factory=list[str])
    kinds: Counter[str] = field(default_factory=Counter[str])

    def fault(self, kind: str, text: str) -> None:
        self.kinds[kind] += 1
        if self.kinds[kind] <= 5:
            self.faults.append(f"{kind}: {text}")

    def summary(self) -> str:
        share = self.proved_of_those / max(1, self.server_not_null)
        called = f"of the {self.server_not_null} that the server calls NOT NULL"
        return "; ".join(
            (
                f"{self.queries} queries ({self.executed} executed)",
                f"{self.columns} columns, {self.nulls_seen} with NULLs seen",
                f"not null proved for {self.proved}, for {share:.1%} {called}",
                f"faults {dict(self.kinds)}",
            )
        )


def check_world(client: Client, seed: int, queries: int, tally: Tally) -> None:
    """Random tables with random rows, and `queries` random queries over them."""
    grammar = Grammar(random.Random(seed))
    grammar.make_tables(5)
    ddl = ";\n".join(table.ddl for table in grammar.tables) + ";\n"
    project = Project(Config(Path()), [SchemaFile("world.sql", ddl, ((0, len(ddl)),))])
    if project.schema.diagnostics:
        tally.fault("schema refused", f"seed {seed}: {project.schema.diagnostics[0].message}\n{ddl}")
        return
    with scratch_database(client):
        for table in grammar.tables:
            client.query(table.ddl)
            if table.rows:
                client.query(f"INSERT INTO {table.name} VALUES {', '.join(table.rows)}")
        for number in range(queries):
            query = grammar.query(3)
            for kind, text in statement_faults(client, query.sql, project, tally):
                tally.fault(kind, f"{text}\n    seed {seed}, query {number}\n    {query.sql}")


def statement_faults(client: Client, sql: str, project: Project, tally: Tally) -> Iterator[tuple[str, str]]:
    tally.queries += 1
    text = f"-- name: q :many\n{sql};\n"
    checked = project.check_query(text, read_queries(text)[0])
    errors = [error for error in checked.errors if error.severity == "error"]
    try:
        statement = client.prepare(sql)
    except ServerError as error:
        if not errors:
            yield "accepted, the server refuses", str(error.args)
        return
    try:
        if errors or checked.analysed is None:
            yield "refused, the server accepts", errors[0].message if errors else "no result"
            return
        yield from _column_faults(client, statement, checked.analysed, tally)
    finally:
        client.release(statement)


def _column_faults(
    client: Client, statement: Statement, analysed: AnalysedQuery, tally: Tally
) -> Iterator[tuple[str, str]]:
    described = server.description(statement)
    if len(described.columns) != len(analysed.columns):
        yield "number of columns", f"{len(analysed.columns)} inferred, {len(described.columns)} given"
        return
    executed, rows = True, []
    try:
        rows = client.execute(statement).rows
    except ServerError:
        executed = False  # a number out of range, a date that is none: the rows' fault, not the query's
    tally.executed += executed
    for index, (ours, theirs) in enumerate(zip(analysed.columns, described.columns, strict=True)):
        inferred = type_class(ours.type)
        seen = any(row[index] is None for row in rows)
        tally.columns += 1
        tally.nulls_seen += seen
        tally.proved += not ours.nullable
        if theirs.not_null_hint and not seen:
            tally.server_not_null += 1
            tally.proved_of_those += not ours.nullable
        if seen and not ours.nullable:
            yield "unsound: NULL in a column said to be not null", ours.name
        if not same_class(inferred, theirs.type_class):
            yield "wrong type", f"{ours.name} is inferred as {inferred}, the server says {theirs.type_class}"
    if analysed.cardinality == "one" and len(rows) != 1 and executed:
        yield "wrong cardinality", f"exactly one row is inferred, {len(rows)} came"
    if analysed.cardinality == "zero_or_one" and len(rows) > 1:
        yield "wrong cardinality", f"at most one row is inferred, {len(rows)} came"
