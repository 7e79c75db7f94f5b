"""Verifies one query on the server: every variant is prepared, compared, executed and explained."""

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from tools.sqlgen.ir.query import AnalysedQuery
from tools.sqlgen.lower.query import CompiledQuery
from tools.sqlgen.lower.variants import Variant, variants
from tools.sqlgen.types.sql_type import SqlType, TypeClass
from tools.sqlgen.verify import compare, plans, server, values, wire
from tools.sqlgen.verify.compare import Finding
from tools.sqlgen.verify.results import row_findings
from tools.sqlgen.verify.wire import Client, ServerError, Value

RUNS = 4
"""Parameter values that each variant is executed with, in each state of the tables."""
_RUNS_OF_MANY = 2
_MANY_VARIANTS = 16

_NOT_EXECUTED = {"truncate", "call", "set"}
"""They would end the transaction that is rolled back, or change the session."""
_EXPLAINED = {"select", "update", "delete"}

_BY_CLASS: dict[TypeClass, str] = {
    "int": "BIGINT",
    "bool": "BIGINT",
    "decimal": "DECIMAL",
    "float": "DOUBLE",
    "string": "VARCHAR",
    "bytes": "VARBINARY",
    "date": "DATE",
    "datetime": "DATETIME",
    "time": "TIME",
    "json": "JSON",
}


class Rows(Struct, frozen=True):
    """A state of the tables."""

    name: str
    """`with empty tables`, as in messages."""
    values: Mapping[tuple[str, str], Sequence[Value]]


class Prepared(Struct, frozen=True):
    """A variant that the server holds."""

    variant: Variant
    statement: wire.Statement
    described: server.Description


def prepare(client: Client, query: CompiledQuery, text: str, findings: list[Finding]) -> list[Prepared]:
    """Prepare every variant of the query; refusals and differences are added to `findings`.

    `text` is the text of the query's file.
    """
    found: list[Prepared] = []
    analysed = query.analysed
    for variant in variants(query.template, analysed, query.source.orders):
        try:
            statement = client.prepare(variant.sql)
        except ServerError as error:
            message = f"the server refuses it{_of(variant)}: {error.args[-1]} (error {error.args[0]})"
            findings.append(Finding(query.source.sql_start, query.source.sql_end, message))
            continue
        described = server.description(statement)
        found.append(Prepared(variant, statement, described))
        findings += compare.column_findings(analysed, described, text, json_is_text=client.is_mariadb)
        findings += compare.parameter_findings(analysed, variant.arguments, described)
    return found


def execute(
    client: Client, query: CompiledQuery, prepared: Sequence[Prepared], state: Rows, findings: list[Finding]
) -> int:
    """Run the variants with values at the edges; the number of runs that the server accepted."""
    if query.analysed.kind in _NOT_EXECUTED:
        return 0
    runs = RUNS if len(prepared) <= _MANY_VARIANTS else _RUNS_OF_MANY
    done = 0
    for each in prepared:
        for given in value_sets(query.analysed, each, state, runs):
            client.query("SAVEPOINT before_query")
            try:
                result = client.execute(each.statement, given)
            except ServerError:
                pass  # the values of the edge, not the query: a duplicate key, a number out of range
            else:
                done += 1
                world = f"{state.name}{_of(each.variant)}, parameters {given!r}"
                findings += row_findings(query.analysed, result.rows, world)
            client.query("ROLLBACK TO SAVEPOINT before_query")
    return done


def plans_of(
    client: Client, query: CompiledQuery, prepared: Sequence[Prepared], state: Rows
) -> Iterator[tuple[str, plans.Plan]]:
    """Yield the variant's label and its plan, for every variant that the server explains."""
    if query.analysed.kind not in _EXPLAINED:
        return
    for each in prepared:
        given = next(iter(value_sets(query.analysed, each, state, 1)))
        answer = _explained(client, each.variant.sql, given)
        if plans.NO_PLAN in answer:
            [(version,)] = client.query("SELECT @@explain_json_format_version")
            client.query("SET SESSION explain_json_format_version = 1")
            answer = _explained(client, each.variant.sql, given)
            client.query(f"SET SESSION explain_json_format_version = {version}")
        yield each.variant.label, plans.read_plan(answer, each.variant.sql)


def _explained(client: Client, sql: str, given: Sequence[Value]) -> str:
    statement = client.prepare(f"EXPLAIN FORMAT=JSON {sql}")
    try:
        return str(client.execute(statement, given).rows[0][0])
    finally:
        client.release(statement)


def value_sets(query: AnalysedQuery, prepared: Prepared, state: Rows, runs: int) -> Iterator[list[Value]]:
    """Yield values for each `?`: of one row of the tables, of the next, then values without a match, and NULL."""
    slots = list(compare.parameter_slots(query, prepared.variant.arguments))
    pools: list[list[Value]] = []
    for parameter, answer in zip(slots, prepared.described.parameters, strict=True):
        if parameter is None:
            pools.append([*_edge_of_class(answer.type_class)])
            continue
        source_column = parameter.source_column
        own = (
            list(state.values.get((source_column.table.lower(), source_column.column.lower()), []))
            if source_column
            else []
        )
        pool: list[Value] = [None] if parameter.nullable else []
        pool += [value for value in own if value is not None]
        pool += values.edge_values(parameter.type) or _edge_of_class(answer.type_class)
        pools.append(pool)
    if not pools:
        yield []
        return
    for run in range(runs):
        yield [pool[run % len(pool)] if pool else None for pool in pools]


def _edge_of_class(kind: TypeClass) -> Sequence[Value]:
    return values.edge_values(SqlType(_BY_CLASS.get(kind, "VARCHAR"), precision=10, scale=2))


def _of(variant: Variant) -> str:
    return f" (with {variant.label})" if variant.label else ""
