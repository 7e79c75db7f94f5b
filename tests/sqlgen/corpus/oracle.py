"""Checks the corpus itself on a live server.

Types come from COM_STMT_PREPARE. A column that is expected to be nullable must be NULL for some rows and
parameters. A column that is expected never to be NULL must not be NULL for any of them: on empty tables, on rows
with NULL wherever the schema allows it, with parameters that match and that do not.
"""

import contextlib
import dataclasses
import datetime as dt
from collections.abc import Generator, Iterator, Sequence
from decimal import Decimal
from typing import Any

from tools.bench.sql.corpus import Case, Expected, schema_files, statements
from tools.bench.sql.placeholders import positional
from tools.sqlgen.types.sql_type import TypeClass
from tools.sqlgen.verify import server, wire
from tools.sqlgen.verify.server import Description
from tools.sqlgen.verify.wire import Client, ServerError, Value

CANDIDATES: dict[TypeClass, tuple[Value, ...]] = {
    "int": (1, 2, 0, 10, 3, 4),
    "bool": (1, 0),
    "float": (1.5, 0.0, -1.0),
    "decimal": (Decimal("10.00"), Decimal(0), Decimal("-1.5"), Decimal("99.99")),
    "string": ("a", "", "%", "new", "2026-01-01", "1"),
    "bytes": (b"\0" * 15 + b"\1", b"", b"vb", b"\0" * 15 + b"\2"),
    "date": (dt.date(2026, 1, 1), dt.date(1970, 1, 1), dt.date(9999, 1, 1)),
    "datetime": tuple(
        dt.datetime.fromisoformat(text) for text in ("2026-01-01", "1970-01-02", "2027-01-01T01:01:01")
    ),
    "time": (dt.timedelta(hours=10, minutes=30), dt.timedelta()),
    "json": ('{"a": 1}', "[]", "null", "1"),
    "bit": (1, 0),
    "geometry": (b"\0" * 4 + b"\1\1\0\0\0" + b"\0" * 16,),
    "vector": (b"\0\0\200?" * 3,),
    "any": (1, "a"),
}
ROUNDS = 6


def is_reference(client: Client) -> bool:
    """True for MySQL 9: the corpus has the types that this server reports."""
    return not client.is_mariadb and client.version >= (9,)


_Column = tuple[str, TypeClass]


class Database:
    """A schema of the corpus on the server: its tables, its rows, and a way to be without them."""

    def __init__(self, url: str, name: str, schema: str) -> None:
        self.client = Client(url, database="")
        self.name = name
        path = schema_files(schema)
        self.rows = list(statements(path.with_name(f"{schema}.rows.sql").read_text()))
        self.client.query(f"DROP DATABASE IF EXISTS `{name}`")
        self.client.query(f"CREATE DATABASE `{name}`")
        self.client.query(f"USE `{name}`")
        self.client.query("SET foreign_key_checks = 0")
        try:
            for statement in statements(path.read_text()):
                self.client.query(statement)
        except ServerError:
            self.drop()
            raise

    def drop(self) -> None:
        self.client.query(f"DROP DATABASE IF EXISTS `{self.name}`")
        self.client.close()

    @contextlib.contextmanager
    def holding(self, rows: Sequence[str]) -> Generator[None]:
        """The tables with these INSERTs applied, for the duration of the context."""
        self.client.query("START TRANSACTION")
        try:
            for statement in rows:
                self.client.query(statement)
            yield
        finally:
            self.client.query("ROLLBACK")

    def states(self, case: Case) -> Iterator[None]:
        """The case's three worlds: no rows, the corpus's rows, and those with the case's own."""
        for rows in ([], self.rows, [*self.rows, *case.given] if case.given else None):
            if rows is not None:
                with self.holding(rows):
                    yield


def findings(case: Case, database: Database) -> list[str]:
    """Return the faults of the case's expectations; empty if the server confirms them all."""
    sql, names = positional(case.text)
    try:
        statement = database.client.prepare(sql)
    except ServerError as error:
        return (
            []
            if case.error is not None and not case.compiler_only
            else [f"the server refuses it: {error.args}"]
        )
    try:
        if case.error is not None:
            return [] if case.compiler_only else ["expected to be refused, but the server accepts it"]
        described = server.description(statement)
        return [
            *_column_findings(case, described),
            *_parameter_findings(case, described, names),
            *_row_findings(case, database, statement, described, names),
        ]
    finally:
        database.client.release(statement)


def disproofs(case: Case, database: Database) -> list[str]:
    """Claims of the case, of values that are never NULL and of the number of rows, that the rows disprove.

    They must hold on every server, also on one that reports other types. Raises ServerError if the server
    refuses the statement.
    """
    sql, names = positional(case.text)
    statement = database.client.prepare(sql)
    try:
        observed = _observe(case, database, statement, server.description(statement), names)
        return list(_disproofs(case, observed)) if observed and observed.counts else []
    finally:
        database.client.release(statement)


def compatible(expected: TypeClass, found: TypeClass) -> bool:
    """True if the server's class confirms the expectation: its only boolean is TINYINT(1)."""
    return expected == found or {expected, found} == {"int", "bool"}


def _column_findings(case: Case, described: Description) -> Iterator[str]:
    expected: list[_Column] = [(column.name, column.type_class) for column in case.columns]
    found: list[_Column] = [(column.name, column.type_class) for column in described.columns]
    if len(expected) != len(found):
        yield f"columns: expected {expected}, the server gives {found}"
        return
    for (name, kind), (server_name, server_kind) in zip(expected, found, strict=True):
        if name != server_name or not compatible(kind, server_kind):
            yield f"column: expected {name} {kind}, the server gives {server_name} {server_kind}"


def _parameter_findings(case: Case, described: Description, names: Sequence[str | None]) -> Iterator[str]:
    expected = expected_parameters(case, names)
    if expected is None or len(expected) != len(described.parameters):
        yield f"parameters: expected {case.parameters}, the server sees {names}"
        return
    for item, parameter in zip(expected, described.parameters, strict=True):
        found = parameter.type_class
        if not compatible(item.type_class, found) and not _looser(item.type_class, found):
            yield f"parameter: expected {item.name} {item.type_class}, the server gives {found}"


def _looser(expected: TypeClass, found: TypeClass) -> bool:
    """True if a parameter of the expected class fits one that the server types as text or number.

    The server types each use of a name separately: `? IS NULL` is a string, and so is a value compared with an
    ENUM; a number added to a BIGINT is an integer; text given to JSON_SET becomes a JSON string.
    """
    return (
        found in {"string", "any"}
        or (expected, found) == ("string", "json")
        or {expected, found} <= {"int", "decimal", "float", "bit"}
    )


def expected_parameters(case: Case, names: Sequence[str | None]) -> list[Expected] | None:
    """Return the expectation for each `?`, a name once for each use; None if they do not pair up."""
    by_name = {item.name: item for item in case.parameters}
    unnamed = iter([item for item in case.parameters if item.name == "?"])
    try:
        return [next(unnamed) if name is None else by_name[name] for name in names]
    except (StopIteration, KeyError):
        return None


@dataclasses.dataclass
class _Observed:
    """Results of a case on all states of the database: the columns with a NULL, and the numbers of rows."""

    nulls: set[int] = dataclasses.field(default_factory=set[int])
    counts: set[int] = dataclasses.field(default_factory=set[int])
    refusals: list[str] = dataclasses.field(default_factory=list[str])


def _observe(
    case: Case,
    database: Database,
    statement: wire.Statement,
    described: Description,
    names: Sequence[str | None],
) -> _Observed | None:
    if case.text.lstrip().upper().startswith(("TRUNCATE", "CALL")):
        return None  # would end the transaction that keeps the rows
    values = list(value_sets(case, described, names))
    observed = _Observed()
    for _ in database.states(case):
        for one in values:
            database.client.query("SAVEPOINT before_query")
            try:
                result = database.client.execute(statement, one)
            except ServerError as error:
                observed.refusals.append(str(error.args))
            else:
                observed.counts.add(len(result.rows))
                observed.nulls |= {i for row in result.rows for i, value in enumerate(row) if value is None}
            database.client.query("ROLLBACK TO SAVEPOINT before_query")
    return observed


def _row_findings(
    case: Case,
    database: Database,
    statement: wire.Statement,
    described: Description,
    names: Sequence[str | None],
) -> Iterator[str]:
    observed = _observe(case, database, statement, described, names)
    if observed is None:
        return
    if not observed.counts:
        yield f"never ran: {observed.refusals[:2]}"
        return
    yield from _disproofs(case, observed)
    for index, column in enumerate(case.columns):
        if index not in observed.nulls and column.nullable and column.seen:
            yield f"column {column.name} (number {index + 1}) is said to be nullable, and was never NULL"


def _disproofs(case: Case, observed: _Observed) -> Iterator[str]:
    for index, column in enumerate(case.columns):
        if index in observed.nulls and not column.nullable:
            yield f"column {column.name} (number {index + 1}) is said to be not null, and was NULL"
    if case.columns and case.rows == "one" and observed.counts != {1}:
        yield f"said to give exactly one row, gave {sorted(observed.counts)}"
    if case.columns and case.rows == "zero_or_one" and not observed.counts <= {0, 1}:
        yield f"said to give at most one row, gave {sorted(observed.counts)}"


def value_sets(
    case: Case, described: Description, names: Sequence[str | None]
) -> Iterator[tuple[Value, ...]]:
    """Tuples of parameter values; a name has the same value at all its places."""
    expected = expected_parameters(case, names) or []
    for text in case.values:
        given: Any = eval(text, {"Decimal": Decimal, "date": dt.date, "datetime": dt.datetime})
        yield tuple(given)
    if not names:
        yield ()
        return
    for turn in range(ROUNDS):
        chosen: dict[str, Value] = {}
        row: list[Value] = []
        for index, (name, item) in enumerate(zip(names, expected, strict=True)):
            kind = item.type_class if item.type_class != "string" else described.parameters[index].type_class
            pool: tuple[Value, ...] = CANDIDATES[kind]
            if item.nullable:
                pool = (*pool[:2], None, *pool[2:])
            value = pool[(turn + index) % len(pool)] if turn >= ROUNDS // 2 else pool[turn % len(pool)]
            row.append(chosen.setdefault(name, value) if name else value)
        yield tuple(row)
