"""Queries: SELECT, set operations, WITH."""

from typing import Literal

import msgspec

from tools.sqlgen.syntax import lexer
from tools.sqlgen.syntax.ast import (
    CommonTable,
    Expr,
    IntLiteral,
    Limit,
    Lock,
    Param,
    Query,
    QueryBody,
    Select,
    SelectItem,
    SetOperation,
    Star,
    TableRef,
    TableStatement,
    UserVariable,
    ValuesRows,
    With,
)
from tools.sqlgen.syntax.parser.tables import TableParser
from tools.sqlgen.syntax.parser.windows import SIMPLE_EXPR

_OPTIONS = frozenset(
    {
        "ALL", "DISTINCT", "DISTINCTROW", "HIGH_PRIORITY", "STRAIGHT_JOIN", "SQL_SMALL_RESULT",
        "SQL_BIG_RESULT", "SQL_BUFFER_RESULT", "SQL_NO_CACHE", "SQL_CACHE", "SQL_CALC_FOUND_ROWS",
    }
)  # fmt: skip
_SET_OPERATORS = frozenset({"UNION", "EXCEPT", "INTERSECT"})


class QueryParser(TableParser):
    """Reads query expressions."""

    def query(self) -> Query:
        start = self.token.start
        with_ = self.with_clause()
        body = self._body()
        order_by = self.order_items() if self.accept_words("ORDER", "BY") else ()
        limit = self.limit_clause() or self._fetch_clause()
        if self.token.word == "INTO":
            body = self._with_into(body)
        locks = self._locks()
        if self.token.word == "INTO":
            body = self._with_into(body)
        if self.token.word in _SET_OPERATORS and (order_by or limit or locks):
            self.fail(
                f"ORDER BY, LIMIT and locks cannot stand before {self.token.word}",
                hint="put the query before it in parentheses",
            )
        if isinstance(body, Query) and not (with_ or order_by or limit or locks):
            return body
        return Query(start, self.previous_end, body, with_, order_by, limit, locks)

    def with_clause(self) -> With | None:
        start = self.token.start
        if not self.accept("WITH"):
            return None
        recursive = self.token.word == "RECURSIVE" and self.peek().word not in {"AS", "("}
        if recursive:
            self.advance()
        tables = self.comma_list(self._common_table)
        return With(start, self.previous_end, tables, recursive)

    def _common_table(self) -> CommonTable:
        start = self.token.start
        name = self.name("the name of a common table")
        columns = self.names() if self.token.word == "(" else ()
        self.expect("AS")
        query = self.bracketed_query()
        return CommonTable(start, self.previous_end, name, query, columns)

    # --- set operations ----------------------------------------------------------------------------

    def _body(self) -> QueryBody:
        start = self.token.start
        left = self._intersection()
        while word := self.accept_any("UNION", "EXCEPT"):
            keep_all = self._set_quantifier()
            right = self._intersection()
            op: Literal["UNION", "EXCEPT"] = "UNION" if word == "UNION" else "EXCEPT"
            left = SetOperation(start, self.previous_end, op, keep_all, left, right)
        return left

    def _intersection(self) -> QueryBody:
        start = self.token.start
        left = self._query_primary()
        while self.accept("INTERSECT"):
            keep_all = self._set_quantifier()
            right = self._query_primary()
            left = SetOperation(start, self.previous_end, "INTERSECT", keep_all, left, right)
        return left

    def _set_quantifier(self) -> bool:
        return self.accept_any("ALL", "DISTINCT") == "ALL"

    def _query_primary(self) -> QueryBody:
        word = self.token.word
        if word == "SELECT":
            return self._select()
        if word == "(":
            return self.bracketed_query()
        if word == "VALUES":
            return self._values_rows()
        if word == "TABLE":
            start = self.advance().start
            table = self.table_name()
            return TableStatement(start, self.previous_end, table)
        self.unexpected("SELECT")

    def _values_rows(self) -> ValuesRows:
        start = self.advance().start
        rows = self.comma_list(self._values_row)
        return ValuesRows(start, self.previous_end, rows)

    def _values_row(self) -> tuple[Expr, ...]:
        self.expect("ROW", "(")
        if self.accept(")"):
            return ()
        items = self.comma_list(self.value_or_default)
        self.expect(")")
        return items

    def value_or_default(self) -> Expr:
        return self.expression()

    # --- SELECT -----------------------------------------------------------------------------------

    def _select(self) -> Select:
        start = self.advance().start
        options = self._options()
        distinct = "DISTINCT" in options or "DISTINCTROW" in options
        if distinct and "ALL" in options:
            self.fail("SELECT cannot be both ALL and DISTINCT")
        items = self._select_items()
        into = self._into_clause()
        from_ = self._from_clause()
        where = self.expression() if self.accept("WHERE") else None
        group_by, rollup = self._group_by() if self.accept_words("GROUP", "BY") else ((), False)
        having = self.expression() if self.accept("HAVING") else None
        windows = self.named_windows() if self.accept("WINDOW") else ()
        return Select(
            start, self.previous_end, items, distinct, from_, where, group_by, rollup, having, windows, into,
            options,
        )  # fmt: skip

    def _options(self) -> tuple[str, ...]:
        options: list[str] = []
        while self.token.word in _OPTIONS:
            options.append(self.advance().word)
        return tuple(options)

    def _select_items(self) -> tuple[SelectItem, ...]:
        if self.token.word != "*":
            return self.comma_list(self._select_item)
        star = self.advance()
        first = SelectItem(star.start, star.end, Star(star.start, star.end))
        if not self.accept(","):
            return (first,)
        return (first, *self.comma_list(self._select_item))

    def _select_item(self) -> SelectItem:
        start = self.token.start
        if self.token.word == "*":
            self.unexpected("a column", "a bare * can only come first; write table.*")
        expr = self._qualified_star()
        if expr is not None:
            return SelectItem(start, self.previous_end, expr)
        expr = self.embed() if self.at_macro("embed") else self.expression()
        alias = self._item_alias()
        return SelectItem(start, self.previous_end, expr, alias)

    def _qualified_star(self) -> Expr | None:
        """table.* or schema.table.*"""
        if self.peek(1).word != "." or not (self.peek(2).word == "*" or self.peek(4).word == "*"):
            return None
        if self.peek(2).word != "*" and self.peek(3).word != ".":
            return None
        start = self.token.start
        parts = [self.name("a table name")]
        while self.accept(".") and self.token.word != "*":
            parts.append(self.name_after_dot())
        self.expect("*")
        schema = parts[0] if len(parts) > 1 else None
        return Star(start, self.previous_end, parts[-1], schema)

    def _item_alias(self) -> str | None:
        if self.accept("AS"):
            if self.token.kind == lexer.STRING:
                return self.string()
            return self.name("an alias, a name or a string")
        if self.token.kind == lexer.STRING:
            return self.string()
        return self.unquoted(self.advance()) if self.implicit_alias() else None

    def _from_clause(self) -> TableRef | None:
        if not self.accept("FROM") or self.accept("DUAL"):
            return None
        return self.table_references()

    def _group_by(self) -> tuple[tuple[Expr, ...], bool]:
        if self.token.word == "ROLLUP" and self.peek().word == "(":
            self.advance()
            return self.parenthesised(self.expression), True
        items = self.comma_list(self._group_item)
        return items, self.accept_words("WITH", "ROLLUP")

    def _group_item(self) -> Expr:
        expr = self.expression()
        # Until 5.7 GROUP BY also sorted.
        self.accept_any("ASC", "DESC")
        return expr

    # --- INTO, LIMIT, locks ------------------------------------------------------------------------

    def _into_clause(self) -> tuple[UserVariable, ...]:
        if not self.accept("INTO"):
            return ()
        if self.token.kind == lexer.USER_VARIABLE:
            return self.comma_list(self.user_variable)
        self.fail("SELECT ... INTO a file or a local variable is not supported", hint="use INTO @variable")

    def _with_into(self, body: QueryBody) -> QueryBody:
        token = self.token
        into = self._into_clause()
        if isinstance(body, Select) and not body.into:
            return msgspec.structs.replace(body, into=into, end=self.previous_end)
        self.fail("INTO cannot stand here", token, "write it once, after the select list of a single SELECT")

    def limit_clause(self) -> Limit | None:
        start = self.token.start
        if not self.accept("LIMIT"):
            return None
        first = self._limit_value()
        if self.accept(","):
            count = self._limit_value()
            return Limit(start, self.previous_end, count, first)
        offset = self._limit_value() if self.accept("OFFSET") else None
        return Limit(start, self.previous_end, first, offset)

    def _limit_value(self) -> Expr:
        token = self.token
        value = self.expression(SIMPLE_EXPR)
        if isinstance(value, IntLiteral | Param):
            return value
        self.fail("LIMIT takes a number or a parameter", token, "write the number, or :name")

    def _fetch_clause(self) -> Limit | None:
        """OFFSET n ROWS FETCH FIRST m ROWS ONLY, of MariaDB."""
        start = self.token.start
        offset: Expr | None = None
        if self.token.word == "OFFSET":
            self.advance()
            offset = self._limit_value()
            if self.accept_any("ROW", "ROWS") is None:
                self.unexpected("ROWS")
        if not self.accept("FETCH"):
            if offset is not None:
                self.unexpected("FETCH")
            return None
        if self.accept_any("FIRST", "NEXT") is None:
            self.unexpected("FIRST or NEXT")
        one = self.token.word in {"ROW", "ROWS"}
        count: Expr = IntLiteral(self.token.start, self.token.start, 1) if one else self._limit_value()
        if self.accept_any("ROW", "ROWS") is None:
            self.unexpected("ROWS")
        if not self.accept("ONLY"):
            self.expect("WITH", "TIES")
        return Limit(start, self.previous_end, count, offset)

    def _locks(self) -> tuple[Lock, ...]:
        locks: list[Lock] = []
        while self.token.word in {"FOR", "LOCK"}:
            locks.append(self._lock())
        return tuple(locks)

    def _lock(self) -> Lock:
        start = self.token.start
        if self.accept("LOCK"):
            self.expect("IN", "SHARE", "MODE")
            return Lock(start, self.previous_end, "SHARE")
        self.expect("FOR")
        strength = self.accept_any("UPDATE", "SHARE")
        if strength is None:
            self.unexpected("UPDATE or SHARE")
        tables = self.comma_list(self.name) if self.accept("OF") else ()
        wait: Literal["NOWAIT", "SKIP LOCKED"] | None = None
        if self.accept("NOWAIT"):
            wait = "NOWAIT"
        elif self.accept_words("SKIP", "LOCKED"):
            wait = "SKIP LOCKED"
        elif self.accept("WAIT"):
            self.integer("a number of seconds")
        return Lock(start, self.previous_end, "UPDATE" if strength == "UPDATE" else "SHARE", tables, wait)
