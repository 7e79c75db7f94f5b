"""Edge rows of a schema: NULL wherever it is allowed, empty, zero and extreme values elsewhere.

Keys are numbered, and foreign keys take their parents' numbers, so that joins match; the last parent has no
children, so that outer joins also have a row without a match.
"""

import random
from collections.abc import Iterator, Mapping

from msgspec import Struct

from tools.sqlgen.catalog import Catalog, Column, Table
from tools.sqlgen.verify.values import edge_values, numbered
from tools.sqlgen.verify.wire import Client, ServerError, Value

ROWS = 5
ATTEMPTS = 40


class Filled(Struct, frozen=True):
    """The rows of the tables."""

    values: dict[tuple[str, str], list[Value]]
    """Of (table, column), both in lower case: the values of its rows."""
    empty: dict[str, str]
    """Tables that took no row at all, with the server's last refusal."""


def tables_of(catalog: Catalog) -> list[Table]:
    """The base tables of the schema's own database."""
    return [table for table in catalog.tables() if not table.is_view]


def fill(client: Client, catalog: Catalog) -> Filled:
    """Insert edge rows into every table, within the caller's transaction and with foreign keys unchecked."""
    filled = Filled(values={}, empty={})
    client.query("SET foreign_key_checks = 0")
    for table in tables_of(catalog):
        _fill_table(client, table, catalog, filled)
    return filled


def _fill_table(client: Client, table: Table, catalog: Catalog, filled: Filled) -> None:
    columns = [column for column in table.columns if column.generated is None]
    names = ", ".join(_quoted(column.name) for column in columns)
    target = f"{_quoted(table.schema)}.{_quoted(table.name)}" if table.schema else _quoted(table.name)
    marks = ", ".join("?" for _ in columns)
    statement = client.prepare(f"INSERT INTO {target} ({names}) VALUES ({marks})")
    refusal = ""
    inserted = 0
    for number in range(1, ROWS + 1):
        for values in _attempts(table, columns, catalog, number):
            try:
                client.execute(statement, values)
            except ServerError as error:
                refusal = str(error.args[-1])
                continue
            for column, value in zip(columns, values, strict=True):
                filled.values.setdefault((table.name.lower(), column.name.lower()), []).append(value)
            inserted += 1
            break
    client.release(statement)
    if not inserted:
        filled.empty[table.name] = refusal


def _attempts(table: Table, columns: list[Column], catalog: Catalog, number: int) -> Iterator[list[Value]]:
    """Yield the wanted row, then rows of other values for a table whose CHECKs or keys refuse the first."""
    numbers: dict[str, int | None] = _numbers(table, catalog, number)
    yield [_wanted(column, numbers, number) for column in columns]
    chance = random.Random(f"{table.name}/{number}")  # noqa: S311  (the same rows on every run)
    for attempt in range(ATTEMPTS):
        if attempt == ATTEMPTS // 2:
            numbers = dict.fromkeys(numbers, chance.randint(1, 99))
        nulls = number == 1 and attempt < ATTEMPTS // 2
        yield [None if nulls and column.nullable else _any(column, numbers, chance) for column in columns]


def _numbers(table: Table, catalog: Catalog, number: int) -> dict[str, int | None]:
    """The key number of each column that is a key or refers to one; None for no parent."""
    numbers: dict[str, int | None] = {}
    for key in table.keys:
        if key.kind in {"PRIMARY", "UNIQUE"} and key.columns:
            numbers[key.columns[-1].lower()] = number
    for reference in table.foreign_keys:
        parent = catalog.table(reference.parent_table, reference.parent_schema)
        for name in reference.columns:
            column = table.column(name)
            if parent is not None and column is not None and name.lower() not in _whole_keys(table):
                numbers[name.lower()] = None if number == 1 and column.nullable else (number - 1) // 2 + 1
    return numbers


def _whole_keys(table: Table) -> set[str]:
    return {key.columns[0].lower() for key in table.unique_keys if len(key.columns) == 1}


def _wanted(column: Column, numbers: dict[str, int | None], row: int) -> Value:
    if column.name.lower() in numbers:
        number = numbers[column.name.lower()]
        return None if number is None else numbered(column.type, number)
    pool = edge_values(column.type)
    if column.nullable and (row == 1 or not pool):
        return None
    return pool[(row - 2) % len(pool)] if pool else None


def _any(column: Column, numbers: Mapping[str, int | None], chance: random.Random) -> Value:
    pool: list[Value] = [*edge_values(column.type)]
    if column.nullable:
        pool.append(None)
    number = numbers.get(column.name.lower())
    if number is not None:
        return numbered(column.type, number)
    return chance.choice(pool) if pool else None


def _quoted(name: str) -> str:
    return f"`{name.replace('`', '``')}`"
