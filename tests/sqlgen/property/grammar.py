"""Random MySQL: tables with rows full of NULLs, and queries over them built from the real grammar.

All choices come from one `random.Random`, so a seed names a whole run. Queries are meant to be valid: the type of
every value is known well enough to put it only where such a value belongs. A bare NULL appears only beside typed
values: the type that the server gives to a function of NULLs depends on how it runs a query.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

TYPES = ("int", "uint", "dec", "dbl", "str", "date", "dt", "time", "json", "enum")
DDL = {
    "int": "INT",
    "uint": "BIGINT UNSIGNED",
    "dec": "DECIMAL(8,2)",
    "dbl": "DOUBLE",
    "str": "VARCHAR(20)",
    "date": "DATE",
    "dt": "DATETIME",
    "time": "TIME",
    "json": "JSON",
    "enum": "ENUM('a','b','c')",
}
LITERALS = {
    "int": ("0", "1", "-1", "2", "7"),
    "uint": ("0", "1", "3"),
    "dec": ("0.00", "1.50", "-2.25", "10.0"),
    "dbl": ("0e0", "1.5e0", "-2e0"),
    "str": ("''", "'a'", "'b'", "'1'", "'2026-01-02'", "'abc def'"),
    "date": ("DATE '2026-01-01'", "DATE '2024-02-29'"),
    "dt": ("TIMESTAMP '2026-01-01 10:00:00'", "TIMESTAMP '1999-12-31 23:59:59'"),
    "time": ("TIME '10:00:00'", "TIME '00:00:00'"),
    "json": ("JSON_OBJECT('a', 1)", "JSON_ARRAY(1, 2)", "CAST('null' AS JSON)"),
}
LITERALS["enum"] = LITERALS["str"]
NUMBERS = ("int", "uint", "dec", "dbl")
COMPARABLE = ("int", "uint", "dec", "dbl", "str", "date", "dt", "time", "enum")


@dataclass
class Source:
    """Something in FROM: its alias and its columns with their types."""

    alias: str
    columns: dict[str, str]
    totals: bool = False
    """Made by GROUP BY ... WITH ROLLUP."""


@dataclass
class Table:
    name: str
    columns: dict[str, str]
    ddl: str
    rows: list[str]
    totals: bool = False


@dataclass
class Query:
    sql: str
    columns: list[tuple[str, str]]


@dataclass
class Scope:
    sources: list[Source]
    outer: "Scope | None" = None

    def columns(self, kind: str) -> list[str]:
        own = [
            f"{s.alias}.{name}" for s in self.sources for name, other in s.columns.items() if other == kind
        ]
        return own if own or self.outer is None else self.outer.columns(kind)


@dataclass
class Grammar:
    """A source of queries over tables of its own making."""

    rng: random.Random
    tables: list[Table] = field(default_factory=list[Table])
    _names: int = 0

    def name(self, prefix: str) -> str:
        self._names += 1
        return f"{prefix}{self._names}"

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    # --- tables ------------------------------------------------------------------------------------

    def make_tables(self, count: int) -> None:
        for number in range(count):
            columns = {"id": "int"}
            lines = ["id INT NOT NULL PRIMARY KEY"]
            nullable: dict[str, bool] = {"id": False}
            for index in range(self.rng.randint(5, 9)):
                kind, name = self.rng.choice(TYPES), f"c{index}"
                nullable[name] = self.chance(0.6)
                columns[name] = kind
                lines.append(f"{name} {DDL[kind]} {'NULL' if nullable[name] else 'NOT NULL'}")
            name = f"t{number}"
            rows = 0 if number == count - 1 else self.rng.randint(2, 6)
            values = [self._row(columns, nullable, index) for index in range(rows)]
            self.tables.append(Table(name, columns, f"CREATE TABLE {name} ({', '.join(lines)})", values))

    def _row(self, columns: dict[str, str], nullable: dict[str, bool], index: int) -> str:
        values = [
            str(index)
            if name == "id"
            else "NULL"
            if nullable[name] and self.chance(0.45)
            else self._stored(kind)
            for name, kind in columns.items()
        ]
        return f"({', '.join(values)})"

    def _stored(self, kind: str) -> str:
        if kind == "enum":
            return self.rng.choice(("'a'", "'b'", "'c'"))
        return self.rng.choice(LITERALS[kind])

    # --- queries -----------------------------------------------------------------------------------

    def query(self, depth: int = 2, kinds: Sequence[str] | None = None, outer: Scope | None = None) -> Query:
        """A query expression; with `kinds` its columns are of those types."""
        roll = self.rng.random()
        if depth > 0 and roll < 0.12:
            return self._set_operation(depth, kinds, outer)
        if depth > 0 and roll < 0.2 and outer is None:
            return self._with(depth, kinds)
        return self._select(depth, kinds, outer)

    def _set_operation(self, depth: int, kinds: Sequence[str] | None, outer: Scope | None) -> Query:
        kinds = kinds or [self.rng.choice(TYPES) for _ in range(self.rng.randint(1, 3))]
        kinds = ["str" if kind in {"json", "enum"} else kind for kind in kinds]
        arms = [self._select(depth - 1, kinds, outer) for _ in range(self.rng.choice((2, 2, 3)))]
        operator = self.rng.choice(("UNION", "UNION ALL", "UNION ALL", "INTERSECT", "EXCEPT"))
        sql = f" {operator} ".join(f"({arm.sql})" for arm in arms)
        return Query(sql, arms[0].columns)

    def _with(self, depth: int, kinds: Sequence[str] | None) -> Query:
        name = self.name("w")
        inner = self.query(depth - 1)
        columns = [(self.name("x"), kind) for _, kind in inner.columns]
        self.tables.append(Table(name, dict(columns), "", [], "WITH ROLLUP" in inner.sql))
        try:
            body = self._select(depth - 1, kinds, None, must_use=name)
        finally:
            self.tables.pop()
        listed = ", ".join(column for column, _ in columns)
        return Query(f"WITH {name} ({listed}) AS ({inner.sql}) {body.sql}", body.columns)

    def _select(
        self, depth: int, kinds: Sequence[str] | None, outer: Scope | None, must_use: str | None = None
    ) -> Query:
        from_sql, scope = self._from(depth, outer, must_use)
        wanted = kinds or [self.rng.choice(TYPES) for _ in range(self.rng.randint(1, 4))]
        where = f" WHERE {self.condition(depth, scope)}" if self.chance(0.45) else ""
        shape = self.rng.random()
        if shape < 0.22:
            items, tail = self._grouped(depth, scope, wanted)
        elif shape < 0.34:
            items, tail = [self.aggregated(kind, depth, scope) for kind in wanted], self._having(depth, scope)
        else:
            items, tail = [self._item(kind, depth, scope) for kind in wanted], ""
        columns = [(self.name("k"), kind) for kind in wanted]
        selected = ", ".join(f"{item} AS {name}" for item, (name, _) in zip(items, columns, strict=True))
        distinct = "DISTINCT " if not tail and self.chance(0.08) and "OVER" not in selected else ""
        limit = f" LIMIT {self.rng.randint(0, 3)}" if self.chance(0.08) else ""
        return Query(f"SELECT {distinct}{selected} FROM {from_sql}{where}{tail}{limit}", columns)

    def _having(self, depth: int, scope: Scope) -> str:
        if not self.chance(0.15):
            return ""
        return f" HAVING {self.aggregated('int', 0, scope)} {self.rng.choice(('>', '<', '<>'))} 0"

    def _grouped(self, depth: int, scope: Scope, wanted: Sequence[str]) -> tuple[list[str], str]:
        keys = [c for s in scope.sources for c in (f"{s.alias}.{name}" for name in s.columns)]
        kinds = {f"{s.alias}.{name}": kind for s in scope.sources for name, kind in s.columns.items()}
        keys = [key for key in keys if kinds[key] != "json"] or keys
        chosen = self.rng.sample(keys, min(len(keys), self.rng.randint(1, 2)))
        items: list[str] = []
        for kind in wanted:
            same = [key for key in chosen if kinds[key] == kind]
            if same and self.chance(0.6):
                items.append(self.rng.choice(same))
            else:
                items.append(self.aggregated(kind, depth, scope))
        rollup = " WITH ROLLUP" if self.chance(0.3) else ""
        having = self._having(depth, scope)
        return items, f" GROUP BY {', '.join(chosen)}{rollup}{having}"

    # --- FROM --------------------------------------------------------------------------------------

    def _from(self, depth: int, outer: Scope | None, must_use: str | None) -> tuple[str, Scope]:
        scope = Scope([], outer)
        sql = self._source(depth, scope, must_use)
        for _ in range(self.rng.choice((0, 0, 1, 1, 2))):
            before = Scope(list(scope.sources), None)
            if self.chance(0.15) and depth > 0:
                right = self._nested(depth, scope)
            elif self.chance(0.12) and depth > 0 and outer is None:
                right = self._lateral(depth, scope, before)
                join = self.rng.choice(("LEFT JOIN", "JOIN"))
                condition = self.rng.choice(("TRUE", self.condition(0, Scope(scope.sources))))
                sql = f"{sql} {join} {right} ON {condition}"
                continue
            else:
                right = self._source(depth, scope, None)
            join = self.rng.choice(("JOIN", "LEFT JOIN", "LEFT JOIN", "RIGHT JOIN"))
            sql = f"{sql} {join} {right} ON {self._on(depth, Scope(scope.sources))}"
        return sql, scope

    def _on(self, depth: int, scope: Scope) -> str:
        first, last = scope.sources[0], scope.sources[-1]
        kind = self.rng.choice(COMPARABLE)
        left = [f"{first.alias}.{n}" for n, k in first.columns.items() if k == kind]
        right = [f"{last.alias}.{n}" for n, k in last.columns.items() if k == kind]
        if left and right and self.chance(0.7):
            equal = (
                f"{self.rng.choice(left)} {self.rng.choice(('=', '=', '<=>', '<'))} {self.rng.choice(right)}"
            )
            return f"{equal} AND {self.condition(0, scope)}" if self.chance(0.3) else equal
        return self.condition(0, scope)

    def _source(self, depth: int, scope: Scope, must_use: str | None) -> str:
        alias = self.name("a")
        if depth > 0 and must_use is None and self.chance(0.25):
            inner = self.query(depth - 1)
            columns = [(self.name("d"), kind) for _, kind in inner.columns]
            scope.sources.append(Source(alias, dict(columns), "WITH ROLLUP" in inner.sql))
            return f"({inner.sql}) AS {alias} ({', '.join(name for name, _ in columns)})"
        tables = [table for table in self.tables if table.name == must_use] or self.tables
        table = self.rng.choice(tables)
        scope.sources.append(Source(alias, dict(table.columns), table.totals))
        return f"{table.name} AS {alias}"

    def _nested(self, depth: int, scope: Scope) -> str:
        inner = Scope([])
        left = self._source(depth - 1, inner, None)
        right = self._source(depth - 1, inner, None)
        join = self.rng.choice(("JOIN", "LEFT JOIN", "RIGHT JOIN"))
        sql = f"({left} {join} {right} ON {self._on(0, inner)})"
        scope.sources.extend(inner.sources)
        return sql

    def _lateral(self, depth: int, scope: Scope, before: Scope) -> str:
        inner = self._select(depth - 1, None, before)
        alias = self.name("l")
        columns = [(self.name("d"), kind) for _, kind in inner.columns]
        scope.sources.append(Source(alias, dict(columns), "WITH ROLLUP" in inner.sql))
        return f"LATERAL ({inner.sql}) AS {alias} ({', '.join(name for name, _ in columns)})"

    # --- expressions ---------------------------------------------------------------------------------

    def _item(self, kind: str, depth: int, scope: Scope) -> str:
        if self.chance(0.12) and kind != "json":
            return self._window(kind, depth, scope)
        return self.value(kind, depth, scope)

    def value(self, kind: str, depth: int, scope: Scope) -> str:
        """An expression of that type."""
        columns = scope.columns(kind)
        roll = self.rng.random()
        if depth <= 0 or roll < 0.35:
            if columns and self.chance(0.85):
                return self.rng.choice(columns)
            return self.rng.choice(LITERALS[kind])
        makers: list[Callable[[], str]] = [
            lambda: f"COALESCE({self.value(kind, depth - 1, scope)}, {self.value(kind, depth - 1, scope)})",
            lambda: f"IFNULL({self.value(kind, depth - 1, scope)}, {self.value(kind, depth - 1, scope)})",
            lambda: f"NULLIF({self.value(kind, depth - 1, scope)}, {self.value(kind, depth - 1, scope)})",
            lambda: f"COALESCE(NULL, {self.value(kind, depth - 1, scope)})",
            lambda: f"IF({self.condition(depth - 1, scope)}, NULL, {self.value(kind, depth - 1, scope)})",
            lambda: self._if(kind, depth, scope),
            lambda: self._case(kind, depth, scope),
            lambda: self._scalar_subquery(kind, depth, scope),
            *self._own_makers(kind, depth, scope),
        ]
        return self.rng.choice(makers)()

    def _if(self, kind: str, depth: int, scope: Scope) -> str:
        tested = self.value(kind, depth - 1, scope)
        if self.chance(0.4):
            return f"IF({tested} IS NULL, {self.value(kind, depth - 1, scope)}, {tested})"
        then, other = self.value(kind, depth - 1, scope), self.value(kind, depth - 1, scope)
        return f"IF({self.condition(depth - 1, scope)}, {then}, {other})"

    def _case(self, kind: str, depth: int, scope: Scope) -> str:
        whens = " ".join(
            f"WHEN {self.condition(depth - 1, scope)} THEN {self.value(kind, depth - 1, scope)}"
            for _ in range(self.rng.randint(1, 2))
        )
        otherwise = f" ELSE {self.value(kind, depth - 1, scope)}" if self.chance(0.6) else ""
        return f"CASE {whens}{otherwise} END"

    def _scalar_subquery(self, kind: str, depth: int, scope: Scope) -> str:
        inner_sql, inner = self._from(0, scope, None)
        where = f" WHERE {self.condition(0, inner)}" if self.chance(0.5) else ""
        if self.chance(0.5):
            return f"(SELECT {self.aggregated(kind, 0, inner)} FROM {inner_sql}{where})"
        return f"(SELECT {self.value(kind, 0, inner)} FROM {inner_sql}{where} LIMIT 1)"

    def _own_makers(self, kind: str, depth: int, scope: Scope) -> list[Callable[[], str]]:
        def v(other: str) -> str:
            return self.value(other, depth - 1, scope)

        def pick(*texts: str) -> str:
            return self.rng.choice(texts)

        number: list[Callable[[], str]] = [
            lambda: f"({v(kind)} {pick('+', '-', '*')} {v(kind)})",
            lambda: f"ABS({v(kind)})",
            lambda: f"GREATEST({v(kind)}, {v(kind)})",
            lambda: f"LEAST({v(kind)}, {v(kind)})",
        ]
        match kind:
            case "int":
                return [
                    lambda: f"({v('int')} {pick('+', '-', '*')} {v('int')})",
                    lambda: f"({v('int')} {pick('DIV', 'MOD')} {v('int')})",
                    lambda: f"CHAR_LENGTH({v('str')})",
                    lambda: f"LENGTH({v('str')})",
                    lambda: f"{pick('YEAR', 'MONTH', 'DAYOFWEEK', 'QUARTER')}({v('dt')})",
                    lambda: f"DATEDIFF({v('date')}, {v('date')})",
                    lambda: f"TIMESTAMPDIFF({pick('DAY', 'HOUR', 'YEAR')}, {v('dt')}, {v('dt')})",
                    lambda: f"{pick('FLOOR', 'CEIL', 'ROUND', 'SIGN')}({v('int')})",
                    lambda: f"({self.condition(depth - 1, scope)})",
                    lambda: f"CAST({v(pick('str', 'dec', 'int'))} AS SIGNED)",
                    lambda: f"LOCATE({v('str')}, {v('str')})",
                    lambda: f"FIELD({v('str')}, 'a', 'b')",
                    lambda: f"JSON_LENGTH({v('json')})",
                    lambda: f"STRCMP({v('str')}, {v('str')})",
                    lambda: f"INTERVAL({v('int')}, 1, 5)",
                ]
            case "uint":
                return [
                    lambda: f"CAST({v('dec')} AS UNSIGNED)",
                    lambda: f"({v('uint')} {pick('|', '&', '^')} {v('int')})",
                    lambda: f"({v('uint')} + 1)",
                    lambda: f"BIT_COUNT({v('int')})",
                ]
            case "dec":
                return [
                    *number,
                    lambda: f"({v('int')} / {v('int')})",
                    lambda: f"({v('dec')} / {pick('2', '0', v('int'))})",
                    lambda: f"ROUND({v('dec')}, 1)",
                    lambda: f"TRUNCATE({v('dec')}, 1)",
                    lambda: f"CAST({v(pick('str', 'int'))} AS DECIMAL(10,3))",
                    lambda: f"({v('dec')} % {v('dec')})",
                    lambda: f"(- {v('dec')})",
                ]
            case "dbl":
                return [
                    *number,
                    lambda: f"SQRT({v('dbl')})",
                    lambda: f"POW({v('int')}, 2)",
                    lambda: f"LN({v('int')})",
                    lambda: f"({v('str')} + 0)",
                    lambda: f"({v('dbl')} / {v('int')})",
                    lambda: f"CAST({v('dec')} AS DOUBLE)",
                ]
            case "str" | "enum":
                return [
                    lambda: f"CONCAT({v('str')}, {v(pick('str', 'int', 'date'))})",
                    lambda: f"CONCAT_WS('-', {v('str')}, {v('str')})",
                    lambda: f"{pick('UPPER', 'LOWER', 'TRIM', 'REVERSE', 'HEX')}({v('str')})",
                    lambda: f"SUBSTRING({v('str')}, {v('int')}, 2)",
                    lambda: f"LEFT({v('str')}, 2)",
                    lambda: f"REPLACE({v('str')}, 'a', {v('str')})",
                    lambda: f"DATE_FORMAT({v('dt')}, '%Y')",
                    lambda: f"CAST({v('int')} AS CHAR)",
                    lambda: f"SUBSTRING_INDEX({v('str')}, ' ', 1)",
                    lambda: f"ELT({v('int')}, 'x', 'y')",
                    lambda: f"REGEXP_SUBSTR({v('str')}, '[a-c]')",
                    lambda: f"JSON_UNQUOTE(JSON_EXTRACT({v('json')}, '$.a'))",
                    lambda: f"LPAD({v('str')}, 3, '.')",
                ]
            case "date":
                return [
                    lambda: f"DATE({v('dt')})",
                    lambda: f"CAST({v('str')} AS DATE)",
                    lambda: f"LAST_DAY({v('date')})",
                    lambda: f"DATE_ADD({v('date')}, INTERVAL {v('int')} DAY)",
                    lambda: f"STR_TO_DATE({v('str')}, '%Y-%m-%d')",
                    lambda: f"LEAST({v('date')}, {v('date')})",
                ]
            case "dt":
                return [
                    lambda: f"({v('dt')} + INTERVAL {pick('1', v('int'))} HOUR)",
                    lambda: f"CAST({v(pick('date', 'str'))} AS DATETIME)",
                    lambda: f"GREATEST({v('dt')}, {v('dt')})",
                    lambda: f"COALESCE({v('date')}, {v('dt')})",
                    lambda: f"TIMESTAMPADD(MINUTE, {v('int')}, {v('dt')})",
                ]
            case "time":
                return [
                    lambda: f"TIME({v('dt')})",
                    lambda: f"SEC_TO_TIME({v('int')})",
                    lambda: f"TIMEDIFF({v('dt')}, {v('dt')})",
                    lambda: f"ADDTIME({v('time')}, {v('time')})",
                ]
            case _:
                return [
                    lambda: f"JSON_OBJECT('a', {v(pick('int', 'str', 'dec', 'date'))}, 'b', {v('json')})",
                    lambda: f"JSON_ARRAY({v('int')}, {v('str')})",
                    lambda: f"JSON_EXTRACT({v('json')}, '$.a')",
                    lambda: f"JSON_MERGE_PATCH({v('json')}, {v('json')})",
                    lambda: f"JSON_SET({v('json')}, '$.b', {v('int')})",
                ]

    def aggregated(self, kind: str, depth: int, scope: Scope) -> str:
        """An expression of that type over an aggregate."""
        own = Scope(scope.sources)

        def v(other: str) -> str:
            return self.value(other, min(depth, 1), own)

        makers: list[Callable[[], str]] = []
        if kind not in {"json", "time"}:
            makers += [lambda: f"MAX({v(kind)})", lambda: f"MIN({v(kind)})"]
        match kind:
            case "int":
                makers += [lambda: "COUNT(*)", lambda: f"COUNT({v(self.rng.choice(TYPES))})"]
                makers += [lambda: f"COUNT(DISTINCT {v('int')})"]
            case "uint":
                makers += [lambda: f"BIT_OR({v('int')})"]
            case "dec":
                makers += [lambda: f"SUM({v('int')})", lambda: f"AVG({v('dec')})", lambda: f"SUM({v('dec')})"]
            case "dbl":
                makers += [
                    lambda: f"SUM({v('dbl')})",
                    lambda: f"AVG({v('str')})",
                    lambda: f"STDDEV({v('int')})",
                ]
            case "str" | "enum":
                makers += [lambda: f"GROUP_CONCAT({v('str')})", lambda: f"MAX({v('str')})"]
            case "json":
                makers += [lambda: f"JSON_ARRAYAGG({v(self.rng.choice(('int', 'str', 'dec')))})"]
            case "time":
                makers += [lambda: f"SEC_TO_TIME(SUM({v('int')}))", lambda: f"MAX({v('time')})"]
            case _:
                pass
        text = self.rng.choice(makers)()
        if self.chance(0.25):
            return f"COALESCE({text}, {self.rng.choice(LITERALS[kind])})"
        return text

    def _window(self, kind: str, depth: int, scope: Scope) -> str:
        own = Scope(scope.sources)
        first = own.sources[0]
        # Not JSON: MySQL 9.7 loses the value of MAX('') OVER (ORDER BY a JSON value), and gives NULL.
        keys = [f"{first.alias}.{name}" for name, other in first.columns.items() if other != "json"]
        # And not over totals: MySQL 9.7 crashes where a window takes a value made by WITH ROLLUP.
        if not keys or any(source.totals for source in own.sources):
            return self.value(kind, depth, scope)
        order = keys[0]
        partition = ""
        if self.chance(0.5):
            keys = own.columns(self.rng.choice(COMPARABLE)) or [order]
            partition = f"PARTITION BY {self.rng.choice(keys)} "
        frame = self.rng.choice(
            (
                "",
                "",
                " ROWS BETWEEN 1 PRECEDING AND CURRENT ROW",
                " ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING",
                " ROWS UNBOUNDED PRECEDING",
            )
        )
        window = f"OVER ({partition}ORDER BY {order}{frame})"
        plain = f"OVER ({partition}ORDER BY {order})"
        value = self.value(kind, min(depth - 1, 1), own)
        makers = [
            f"FIRST_VALUE({value}) {window}",
            f"LAST_VALUE({value}) {window}",
            f"NTH_VALUE({value}, 2) {window}",
            f"LAG({value}) {plain}",
            f"LEAD({value}, 1, {self.rng.choice(LITERALS[kind])}) {plain}",
        ]
        if kind not in {"enum", "time"}:
            makers.append(f"MAX({value}) {window}")
        if kind == "int":
            makers += [f"ROW_NUMBER() {plain}", f"RANK() {plain}", f"COUNT(*) {window}", f"NTILE(2) {plain}"]
        if kind == "dec":
            makers += [f"SUM({value}) {window}", f"AVG({value}) {window}"]
        return self.rng.choice(makers)

    # --- conditions --------------------------------------------------------------------------------

    def condition(self, depth: int, scope: Scope) -> str:
        kind = self.rng.choice(COMPARABLE)

        def v() -> str:
            return self.value(kind, depth - 1, scope)

        makers: list[Callable[[], str]] = [
            lambda: f"{v()} {self.rng.choice(('=', '<>', '<', '<=', '>', '>=', '<=>'))} {v()}",
            lambda: f"{v()} IS {self.rng.choice(('', 'NOT '))}NULL",
            lambda: f"{v()} {self.rng.choice(('', 'NOT '))}IN ({v()}, {v()})",
            lambda: f"{v()} {self.rng.choice(('', 'NOT '))}BETWEEN {v()} AND {v()}",
            lambda: f"{self.value('str', depth - 1, scope)} LIKE '%a%'",
        ]
        if depth > 0:
            makers += [
                lambda: f"({self.condition(depth - 1, scope)} AND {self.condition(depth - 1, scope)})",
                lambda: f"({self.condition(depth - 1, scope)} OR {self.condition(depth - 1, scope)})",
                lambda: f"NOT ({self.condition(depth - 1, scope)})",
                lambda: f"({self.condition(depth - 1, scope)}) IS {self.rng.choice(('TRUE', 'FALSE'))}",
                lambda: f"({self.condition(depth - 1, scope)} XOR {self.condition(depth - 1, scope)})",
                lambda: self._exists(scope),
                lambda: self._in_subquery(kind, scope),
            ]
        return self.rng.choice(makers)()

    def _exists(self, scope: Scope) -> str:
        sql, inner = self._from(0, scope, None)
        return f"{self.rng.choice(('', 'NOT '))}EXISTS (SELECT 1 FROM {sql} WHERE {self.condition(0, inner)})"

    def _in_subquery(self, kind: str, scope: Scope) -> str:
        sql, inner = self._from(0, scope, None)
        negated = self.rng.choice(("", "NOT "))
        return f"{self.value(kind, 0, scope)} {negated}IN (SELECT {self.value(kind, 0, inner)} FROM {sql})"
