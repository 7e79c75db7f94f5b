"""The compiler's claims about the rows of a query, compared with the rows that SQLite returns.

SQLite executes in the memory of this process, so that thousands of queries take seconds. In the SQL of joins.py it
differs from MySQL in nothing that a claim is about.
"""

import random
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from tests.sqlgen.property.joins import Block, World, for_mysql, for_sqlite, is_binary
from tools.sqlgen.analysis.dependencies import FuncDeps
from tools.sqlgen.analysis.place import Environment
from tools.sqlgen.analysis.query_block import Filtered
from tools.sqlgen.analysis.results import QueryResult
from tools.sqlgen.analysis.scope import Relation
from tools.sqlgen.analysis.statement import new_context
from tools.sqlgen.analysis.values import ColumnId
from tools.sqlgen.driver.project import Project
from tools.sqlgen.input.config import Config
from tools.sqlgen.input.migrations import SchemaFile
from tools.sqlgen.syntax.ast import Query
from tools.sqlgen.syntax.parser import parse_query

Row = tuple[object, ...]
_SUBSETS = 6
"""Sets of columns whose closure is compared, for each query."""


class Executed:
    """One world: its claims, and its rows."""

    def __init__(self, world: World, seed: int) -> None:
        self._world = world
        self._rng = random.Random(seed)
        self._database = sqlite3.connect(":memory:")
        self._database.create_function("NUM", 1, _number, deterministic=True)
        for table in world.tables:
            self._database.execute(for_sqlite(table.ddl))
            for row in table.rows:
                stored = [name for name in table.names if name != "g"]
                self._database.execute(
                    f"INSERT OR IGNORE INTO {table.name} ({', '.join(stored)}) VALUES ({', '.join(row)})"
                )
        ddl = ";\n".join(table.ddl for table in world.tables) + ";\n"
        self._project = Project(Config(Path()), [SchemaFile("world.sql", ddl, ((0, len(ddl)),))])

    def faults(self) -> list[str] | None:
        """Return the claims that the rows disprove; None if the compiler refuses the query."""
        block = self._world.block
        sql = for_mysql(f"{block}")
        query = parse_query(sql)
        assert isinstance(query, Query)
        ctx = new_context(self._project.catalog, sql)
        result = ctx.analyse_query(ctx, query, Environment())
        if any(finding.severity == "error" for finding in ctx.findings):
            return None
        found = ctx.info.selects[query.body].rows  # type: ignore[index] # a block is a SELECT
        rows = self._rows(f"{block}", [column.name for column in result.columns])
        return [*_of_result(result, rows), *self._of_rows(found, block)]

    def _rows(self, sql: str, names: Sequence[str]) -> list[Row]:
        """Return the rows of a query with columns of these names; values that are equal are the same."""
        return [
            tuple(
                value.lower() if isinstance(value, str) and not is_binary(name) else value
                for name, value in zip(names, row, strict=True)
            )
            for row in self._database.execute(for_sqlite(sql))
        ]

    # --- the rows of FROM and WHERE

    def _of_rows(self, claimed: Filtered, block: Block) -> Iterator[str]:
        ids = [
            ColumnId(relation.id, index)
            for relation in claimed.namespace.relations
            for index in range(len(relation.columns))
        ]
        names = [
            f"{relation.name}.{column.name}"
            for relation in claimed.namespace.relations
            for column in relation.columns
        ]
        where = f" WHERE {' AND '.join(block.where)}" if block.where else ""
        extra = [*block.group, *(item for item in block.items if item in names)] if block.group else []
        found = self._rows(
            f"SELECT {', '.join([*names, *extra])} FROM {block.source}{where}", [*names, *extra]
        )
        rows = [dict(zip(ids, row, strict=False)) for row in found]
        name_of = dict(zip(ids, names, strict=True))
        # When it prepares a query, MySQL takes `text = 1` and 'a' = 'A' for one text; nothing is claimed by its rule.
        is_exact = not any(part in f"{block}" for part in ("NUM(", "HEX(", "sb"))
        if is_exact:
            yield from _of_groups(found, len(ids), len(block.group), extra)
        for at_prepare in (False, True) if is_exact else (False,):
            dependencies = FuncDeps(claimed, at_prepare=at_prepare)
            for known in self._subsets(claimed, ids):
                closure = dependencies.closure(known)
                label = f"[{', '.join(sorted(name_of[each] for each in known))}]"
                compared = rows
                if not at_prepare and not _is_whole_relation(known, ids):
                    compared = [row for row in rows if all(row[each] is not None for each in known)]
                for column in closure:
                    if not _determined(
                        ((row[each] for each in known) for row in compared), (row[column] for row in compared)
                    ):
                        yield f"{label} does not determine {name_of[column]} (at_prepare={at_prepare})"
                if not at_prepare:
                    for relation in claimed.namespace.relations:
                        if dependencies.is_single(relation, closure) and not _is_single(
                            compared, known, relation, ids
                        ):
                            yield f"{relation.name} is not single for {label}"

    def _subsets(self, claimed: Filtered, ids: Sequence[ColumnId]) -> Iterator[set[ColumnId]]:
        yield set()
        for relation in claimed.namespace.relations:
            yield {each for each in ids if each.relation == relation.id}
        for _ in range(_SUBSETS):
            yield set(self._rng.sample(list(ids), self._rng.randint(1, min(3, len(ids)))))


def _is_single(
    rows: Sequence[dict[ColumnId, object]], known: set[ColumnId], relation: Relation, ids: Sequence[ColumnId]
) -> bool:
    """True if a relation has one row beside equal values of `known`; rows of NULLs have no row of it."""
    columns = [each for each in ids if each.relation == relation.id]
    found = [row for row in rows if any(row[each] is not None for each in columns)]
    return _determined(
        ((row[each] for each in known) for row in found), ([row[each] for each in columns] for row in found)
    )


def _is_whole_relation(known: set[ColumnId], ids: Sequence[ColumnId]) -> bool:
    """True for all columns of one relation, of `ids`, which are those of all relations."""
    relations = {each.relation for each in known}
    return len(relations) == 1 and known == {each for each in ids if each.relation in relations}


def _determined(keys: Iterable[Iterable[object]], values: Iterable[object]) -> bool:
    """True if rows with equal keys have equal values; NULL is a value like any other."""
    seen: dict[Row, object] = {}
    return all(seen.setdefault(tuple(key), value) == value for key, value in zip(keys, values, strict=True))


def _of_groups(rows: Sequence[Row], first: int, groups: int, extra: Sequence[str]) -> Iterator[str]:
    """A column that is selected beside GROUP BY has one value in each group."""
    for index in range(first + groups, first + len(extra)):
        if not _determined((row[first : first + groups] for row in rows), (row[index] for row in rows)):
            yield f"{extra[index - first]} has several values in a group"


# --- the rows of the result ---------------------------------------------------------------------------


def _of_result(result: QueryResult, rows: Sequence[Row]) -> Iterator[str]:
    for index, column in enumerate(result.columns):
        if not column.nullable and not column.nullability_sources and any(row[index] is None for row in rows):
            yield f"{column.name} is NULL, and claimed to be NOT NULL"
    if result.max_one and len(rows) > 1:
        yield f"{len(rows)} rows, and at most one is claimed"
    if result.min_one and not rows:
        yield "no row, and at least one is claimed"
    for key in (*result.candidate_keys, *result.execution_keys):
        values = [[row[index] for index in sorted(key)] for row in rows]
        complete = [tuple(value) for value in values if None not in value]
        if len(complete) != len(set(complete)):
            yield f"columns {sorted(key)} are not a key"
    for determinants, dependents in result.functional_dependencies:
        if not _determined(
            ((row[index] for index in sorted(determinants)) for row in rows),
            ([row[index] for index in sorted(dependents)] for row in rows),
        ):
            yield f"columns {sorted(determinants)} do not determine {sorted(dependents)}"


def _number(value: object) -> float | None:
    """The number that MySQL takes a text for, of the texts of joins.py."""
    if value is None:
        return None
    try:
        return float(str(value))
    except ValueError:
        return 0.0
