"""Random tables and random joins over them, as values that can be made smaller.

The generated SQL means the same to MySQL and to SQLite, which executes it. `<=>` becomes IS, and a comparison of text
with a number is written `NUM(t.s) = 1`, which is `t.s = 1` in MySQL. 'a' and 'A' are one value of a text `s`, and two
of a text `sb`; a comparison of both is one of `s`, in SQLite because that is on the left.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

_T = TypeVar("_T")
_TEXTS = ("'0'", "'1'", "'1.0'", "'a'", "'A'")
_BINARY = "CHARACTER SET latin1 COLLATE latin1_bin"


@dataclass(frozen=True)
class Table:
    """A table of integers and texts with its rows."""

    name: str
    columns: tuple[str, ...]
    """Each with its type; the name is the first word."""
    keys: tuple[str, ...]
    """PRIMARY KEY (...) and UNIQUE (...)."""
    rows: tuple[tuple[str, ...], ...]
    """Literals of the columns that are not generated; a row that breaks a key is not stored."""

    @property
    def names(self) -> list[str]:
        return [column.split()[0] for column in self.columns]

    @property
    def ddl(self) -> str:
        return f"CREATE TABLE {self.name} ({', '.join((*self.columns, *self.keys))})"


@dataclass(frozen=True)
class Named:
    """A table in FROM under its alias."""

    table: str
    alias: str

    def __str__(self) -> str:
        return f"{self.table} AS {self.alias}"


@dataclass(frozen=True)
class Derived:
    """A subquery in FROM."""

    block: "Block"
    alias: str

    def __str__(self) -> str:
        return f"({self.block}) AS {self.alias}"


@dataclass(frozen=True)
class Join:
    """A join; without conditions a cross join."""

    left: "Source"
    kind: str
    right: "Source"
    on: tuple[str, ...]
    using: tuple[str, ...] = ()

    def __str__(self) -> str:
        right = f"({self.right})" if isinstance(self.right, Join) else f"{self.right}"
        if self.using:
            condition = f" USING ({', '.join(self.using)})"
        else:
            condition = f" ON {' AND '.join(self.on)}" if self.on else ""
        return f"{self.left} {self.kind} JOIN {right}{condition}"


Source = Named | Derived | Join


@dataclass(frozen=True)
class Block:
    """A SELECT; the tuples are conjuncts and list items."""

    items: tuple[str, ...]
    source: Source
    where: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    having: tuple[str, ...] = ()
    distinct: bool = False
    limit: str = ""

    def __str__(self) -> str:
        items = ", ".join(f"{item} AS {alias_of(item, index)}" for index, item in enumerate(self.items))
        text = f"SELECT {'DISTINCT ' if self.distinct else ''}{items} FROM {self.source}"
        text += f" WHERE {' AND '.join(self.where)}" if self.where else ""
        text += f" GROUP BY {', '.join(self.group)}" if self.group else ""
        text += f" HAVING {' AND '.join(self.having)}" if self.having else ""
        return text + self.limit


@dataclass(frozen=True)
class World:
    """Tables, and a query over them."""

    tables: tuple[Table, ...]
    block: Block

    def __str__(self) -> str:
        lines = [f"{table.ddl};" for table in self.tables]
        for table in self.tables:
            lines.extend(f"INSERT INTO {table.name} VALUES ({', '.join(row)});" for row in table.rows)
        return "\n".join((*lines, for_mysql(f"{self.block};")))


def for_mysql(sql: str) -> str:
    return re.sub(r"NUM\(([^()]*)\)", r"\1", sql)


def for_sqlite(sql: str) -> str:
    return (
        sql.replace("<=>", "IS").replace(_BINARY, "COLLATE BINARY").replace("(9) N", "(9) COLLATE NOCASE N")
    )


# --- generation ---------------------------------------------------------------------------------------


class Generator:
    """Makes worlds from one random source."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._aliases = 0

    def tables(self) -> tuple[Table, ...]:
        return tuple(self._table(f"t{number}") for number in range(self._rng.randint(2, 3)))

    def _table(self, name: str) -> Table:
        rng = self._rng
        plain = ["a", "b", "c"][: rng.randint(2, 3)]
        primary = rng.sample(plain, rng.choice((0, 1, 1, 2)))
        columns = [
            f"{each} INT{' NOT NULL' if each in primary or rng.random() < 0.3 else ''}" for each in plain
        ]
        if rng.random() < 0.5:
            columns.append(f"s VARCHAR(9) {rng.choice(('NOT NULL', 'NULL', 'NULL'))}")
        if rng.random() < 0.5:
            columns.append(f"sb VARCHAR(9) {_BINARY}{' NOT NULL' if rng.random() < 0.3 else ''}")
        stored = [column.split()[0] for column in columns]
        if rng.random() < 0.3:
            columns.append(f"g INT AS ({rng.choice(('a + b', 'COALESCE(a, 0)', 'COALESCE(a, b)'))})")
        keys = [f"PRIMARY KEY ({', '.join(primary)})"] if primary else []
        if rng.random() < 0.5:
            keys.append(f"UNIQUE ({', '.join(rng.sample(stored, rng.randint(1, 2)))})")
        rows = tuple(tuple(self._literal(each) for each in stored) for _ in range(rng.randint(0, 6)))
        return Table(name, tuple(columns), tuple(keys), rows)

    def _literal(self, column: str) -> str:
        if self._rng.random() < 0.2:
            return "NULL"
        return self._rng.choice(_TEXTS) if _is_text(column) else str(self._rng.randint(0, 2))

    def block(self, tables: tuple[Table, ...], depth: int = 2) -> Block:
        rng = self._rng
        source, columns = self._source(tables, depth)
        where = tuple(self._condition(columns) for _ in range(rng.choice((0, 0, 1, 1, 2))))
        texts = [each for each in columns if _is_text(each)]
        if texts and rng.random() < 0.1:
            text = rng.choice(texts)
            return Block((f"HEX({text})",), source, (*where, f"{text} = 'a'"), distinct=True)
        if rng.random() < 0.35:
            return self._grouped(source, columns, where)
        items = rng.sample(columns, rng.choice((1, rng.randint(1, len(columns)))))
        if rng.random() < 0.3:
            items = [self._value(columns), *items][: rng.choice((1, len(items) + 1))]
        limit = rng.choice(("", "", "", "", " LIMIT 1", " LIMIT 2", " LIMIT 1 OFFSET 1", " LIMIT 0"))
        return Block(tuple(items), source, where, distinct=rng.random() < 0.3, limit=limit)

    def _grouped(self, source: Source, columns: list[str], where: tuple[str, ...]) -> Block:
        rng = self._rng
        group = [
            rng.choice(columns) if rng.random() < 0.8 else self._value(columns)
            for _ in range(rng.choice((0, 1, 1, 2)))
        ]
        aggregates = [self._aggregate(columns) for _ in range(rng.randint(1, 2))]
        items = rng.sample(group, rng.randint(0, len(group))) + rng.sample(
            aggregates, rng.randint(1, len(aggregates))
        )
        if rng.random() < 0.5 and group:
            items.append(rng.choice(columns))
        having: tuple[str, ...] = ()
        if rng.random() < 0.4:
            aggregate = rng.choice(aggregates)
            having = (f"{aggregate} {rng.choice(('> 0', '<> 0', 'IS NOT NULL', '= 1', 'IS NULL', '>= 0'))}",)
        rng.shuffle(items)
        return Block(tuple(items), source, where, tuple(group), having)

    def _aggregate(self, columns: list[str]) -> str:
        function = self._rng.choice(
            ("COUNT(*)", "COUNT({})", "MAX({})", "SUM({})", "COUNT(DISTINCT {})", "MIN({})")
        )
        return function.format(self._rng.choice(self._numbers(columns)))

    def _source(self, tables: tuple[Table, ...], depth: int) -> tuple[Source, list[str]]:
        rng = self._rng
        if depth > 0 and rng.random() < 0.7:
            left, of_left = self._source(tables, depth - 1)
            right, of_right = self._source(tables, depth - 1)
            kind = rng.choice(("INNER", "LEFT", "LEFT", "RIGHT", "CROSS"))
            columns = of_left + of_right
            if kind == "CROSS":
                return Join(left, kind, right, ()), columns
            shared = self._shared(left, right)
            if shared and rng.random() < 0.2:
                return Join(left, kind, right, (), (rng.choice(shared),)), columns
            on = [self._link(of_left, of_right) for _ in range(rng.randint(0, 2))]
            on += [self._condition(columns) for _ in range(rng.choice((0, 0, 1)))]
            return Join(left, kind, right, tuple(on) or ("TRUE",)), columns
        self._aliases += 1
        alias = f"r{self._aliases}"
        if depth > 0 and rng.random() < 0.3:
            block = self.block(tables, depth - 1)
            return Derived(block, alias), [
                f"{alias}.{alias_of(item, index)}" for index, item in enumerate(block.items)
            ]
        table = rng.choice(tables)
        return Named(table.name, alias), [f"{alias}.{name}" for name in table.names]

    def _shared(self, left: Source, right: Source) -> list[str]:
        both_tables = isinstance(left, Named) and isinstance(right, Named)
        return ["a", "b"] if both_tables else []

    def _link(self, left: list[str], right: list[str]) -> str:
        texts = [[each for each in columns if _is_text(each)] for columns in (left, right)]
        if all(texts) and self._rng.random() < 0.5:
            one, other = sorted((self._rng.choice(each) for each in texts), key=is_binary)
            return f"{one} = {other}"
        ones, others = self._numbers(left), self._numbers(right)
        sides = [self._rng.choice(ones), self._rng.choice(others)]
        self._rng.shuffle(sides)
        return f"{sides[0]} {self._rng.choice(('=', '=', '=', '=', '<=>', '<'))} {sides[1]}"

    def _numbers(self, columns: list[str]) -> list[str]:
        return [each for each in columns if not _is_text(each)] or ["1"]

    def _value(self, columns: list[str]) -> str:
        texts = [each for each in columns if _is_text(each)]
        if texts and self._rng.random() < 0.4:
            return f"HEX({self._rng.choice(texts)})"
        one, other = (self._rng.choice(self._numbers(columns)) for _ in range(2))
        form = self._rng.choice(
            ("{} + {}", "COALESCE({}, {})", "{} % {}", "COALESCE({}, 0)", "NULLIF({}, {})")
        )
        return form.format(one, other)

    def _condition(self, columns: list[str], depth: int = 1) -> str:
        rng = self._rng
        chance = rng.random()
        if depth and chance < 0.15:
            first, second = (self._condition(columns, depth - 1) for _ in range(2))
            return f"({first} {rng.choice(('OR', 'AND', 'OR'))} {second})"
        if depth and chance < 0.22:
            return f"NOT ({self._condition(columns, depth - 1)})"
        texts = [each for each in columns if _is_text(each)]
        if texts and chance < 0.4:
            text, other_text = sorted(rng.choices(texts, k=2), key=is_binary)
            of_texts = (
                f"{text} = {rng.choice(_TEXTS)}", f"{text} = {rng.choice(_TEXTS)}", f"NUM({text}) = 1",
                f"{text} IS NOT NULL", f"{text} = {other_text}", f"{text} = {other_text}",
                f"{text} = HEX({other_text})",
            )  # fmt: skip
            return rng.choice(of_texts)
        one, other = (rng.choice(self._numbers(columns)) for _ in range(2))
        number = rng.randint(-1, 2)
        forms = (
            f"{one} = {number}", f"{one} = {number}", f"{one} = {other}", f"{one} <=> {other}", f"{one} <=> {number}",
            f"{one} > {number}", f"{number} >= {one}", f"{one} <> {other}", f"{one} IS NULL", f"{one} IS NOT NULL",
            f"{one} IN ({number})", f"{one} IN ({number}, 2)", f"{one} NOT IN ({number}, {other})",
            f"{one} BETWEEN {number} AND {other}", f"{one} NOT BETWEEN 0 AND {number}",
            f"({one}, {other}) = ({number}, 1)",
            f"{one} + 1 = {other}", f"COALESCE({one}, 1) = {number}", f"({one} = {number}) IS TRUE",
            f"({one} > {number}) IS NOT FALSE", f"{number} = {number}", f"{one} IN (SELECT a FROM t0)",
            f"EXISTS (SELECT 1 FROM t1 AS x WHERE x.a = {one})", f"{one} = (SELECT COUNT(*) FROM t1)",
            f"EXISTS (SELECT (SELECT COUNT(x.a)) FROM t1 AS x WHERE x.a = {one})",
        )  # fmt: skip
        return rng.choice(forms)


def alias_of(item: str, index: int) -> str:
    """Return the alias of a select item: s or sb and its index for a text, c and its index for a number."""
    return f"{'sb' if is_binary(item) else 's' if _is_text(item) else 'c'}{index}"


def _is_text(column: str) -> bool:
    return column.startswith("HEX(") or column.rpartition(".")[2].startswith("s")


def is_binary(column: str) -> bool:
    """True for a text of which 'a' and 'A' are two values."""
    return column.rpartition(".")[2].startswith("sb") and not column.startswith("HEX(")


# --- smaller worlds -----------------------------------------------------------------------------------


def smaller(world: World) -> Iterator[World]:
    """Yield the worlds that have one part less; some of them are not valid."""
    for index, table in enumerate(world.tables):
        for rows in _shorter(table.rows):
            yield replace(world, tables=_with(world.tables, index, replace(table, rows=rows)))
        for keys in _shorter(table.keys):
            yield replace(world, tables=_with(world.tables, index, replace(table, keys=keys)))
    for tables in _shorter(world.tables):
        yield World(tables, world.block)
    for block in _smaller_block(world.block):
        yield World(world.tables, block)


def _shorter(values: tuple[_T, ...]) -> Iterator[tuple[_T, ...]]:
    for index in range(len(values)):
        yield values[:index] + values[index + 1 :]


def _with(values: tuple[Table, ...], index: int, value: Table) -> tuple[Table, ...]:
    return (*values[:index], value, *values[index + 1 :])


def _smaller_block(block: Block) -> Iterator[Block]:
    yield from (replace(block, where=where) for where in _shorter(block.where))
    yield from (replace(block, group=group) for group in _shorter(block.group))
    yield from (replace(block, having=having) for having in _shorter(block.having))
    yield from (replace(block, items=items) for items in _shorter(block.items) if items)
    if block.distinct:
        yield replace(block, distinct=False)
    if block.limit:
        yield replace(block, limit="")
    for source in _smaller_source(block.source):
        yield replace(block, source=source)


def _smaller_source(source: Source) -> Iterator[Source]:
    match source:
        case Join():
            yield from (source.left, source.right)
            for on in _shorter(source.on):
                if source.on != ("TRUE",):
                    yield replace(source, on=on or ("TRUE",))
            for left in _smaller_source(source.left):
                yield replace(source, left=left)
            for right in _smaller_source(source.right):
                yield replace(source, right=right)
        case Derived():
            for block in _smaller_block(source.block):
                yield Derived(block, source.alias)
        case Named():
            return
