"""Statements that change data, and the statements that a query file may hold at all."""

from collections.abc import Callable

from tools.sqlgen.syntax import lexer
from tools.sqlgen.syntax.ast import (
    Assignment,
    CallProcedure,
    ColumnRef,
    DefaultValue,
    Delete,
    Expr,
    Insert,
    Limit,
    OrderItem,
    OtherStatement,
    Query,
    QueryStatement,
    SetVariables,
    TableName,
    Truncate,
    Update,
    With,
)
from tools.sqlgen.syntax.lexer import Token
from tools.sqlgen.syntax.parser.queries import QueryParser

_QUERY_WORDS = frozenset({"SELECT", "(", "VALUES", "TABLE", "WITH"})
_SCOPES = frozenset({"GLOBAL", "SESSION", "LOCAL", "PERSIST", "PERSIST_ONLY"})
_SET_OTHERWISE = frozenset(
    {"NAMES", "CHARACTER", "CHARSET", "CHAR", "PASSWORD", "ROLE", "DEFAULT", "RESOURCE"}
)


class ChangeParser(QueryParser):
    """Reads one statement of a query file."""

    def statement(self) -> "QueryStatement":
        rule = _STATEMENTS.get(self.token.word)
        if rule is not None:
            return rule(self)
        if self.token.kind != lexer.WORD:
            self.unexpected("a statement such as SELECT, INSERT, UPDATE or DELETE")
        return self.other_statement()

    def other_statement(self) -> OtherStatement:
        """Anything else, unread."""
        first = self.token
        while self.token.kind not in {lexer.END, lexer.ERROR} and self.token.word != ";":
            self.advance()
        return OtherStatement(first.start, self.previous_end, first.word)

    def with_statement(self) -> "QueryStatement":
        """WITH before SELECT, UPDATE or DELETE: what follows the last common table tells."""
        index = self.index
        with_ = self.with_clause()
        if self.token.word == "UPDATE":
            return self.update_statement(with_)
        if self.token.word == "DELETE":
            return self.delete_statement(with_)
        self._go_back(index)
        return self.query()

    def _go_back(self, index: int) -> None:
        self.index = index
        self.token = self.tokens[index]

    # --- INSERT and REPLACE ----------------------------------------------------------------------

    def insert_statement(self) -> Insert:
        verb = self.advance()
        self.accept_any("LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY")
        ignore = self.accept("IGNORE")
        self.accept("INTO")
        table = self._changed_table()
        columns = self._insert_columns()
        rows: tuple[tuple[Expr, ...], ...] = ()
        assignments: tuple[Assignment, ...] = ()
        query: Query | None = None
        span = (0, 0)
        if self.token.word in {"VALUES", "VALUE"} and self.peek().word != "ROW":
            rows, span = self._insert_rows()
        elif columns is None and self.accept("SET"):
            assignments = self.comma_list(self._assignment)
        elif self.token.word in _QUERY_WORDS:
            query = self.query()
        else:
            self.unexpected("VALUES, SET or SELECT")
        row_alias, row_columns = self._row_alias() if self.token.word == "AS" else (None, ())
        on_duplicate = self._on_duplicate(verb)
        self._refuse_returning()
        return Insert(
            verb.start, self.previous_end, table, verb.word == "REPLACE", ignore, columns, rows, assignments,
            query, row_alias, row_columns, on_duplicate, *span,
        )  # fmt: skip

    def _changed_table(self) -> TableName:
        start = self.token.start
        schema, name = self.qualified_name()
        self.partition_clause()
        return TableName(start, self.previous_end, name, schema)

    def _insert_columns(self) -> tuple[ColumnRef, ...] | None:
        if self.token.word != "(" or self.at_query(self.index):
            return None
        if self.peek().word == ")":
            self.advance()
            self.advance()
            return ()
        return self.parenthesised(self.column_ref)

    def _insert_rows(self) -> tuple[tuple[tuple[Expr, ...], ...], tuple[int, int]]:
        """The rows, and the span of the row when there is just one."""
        self.advance()
        start = self.token.start
        rows = self.comma_list(self._insert_row)
        return rows, (start, self.previous_end) if len(rows) == 1 else (0, 0)

    def _insert_row(self) -> tuple[Expr, ...]:
        self.expect("(")
        if self.accept(")"):
            return ()
        items = self.comma_list(self.value_or_default)
        self.expect(")")
        return items

    def value_or_default(self) -> Expr:
        token = self.token
        if token.word == "DEFAULT" and self.peek().word != "(":
            self.advance()
            return DefaultValue(token.start, token.end)
        return self.expression()

    def _row_alias(self) -> tuple[str, tuple[str, ...]]:
        self.advance()
        alias = self.name("an alias of the new row")
        return alias, self.names() if self.token.word == "(" else ()

    def _on_duplicate(self, verb: Token) -> tuple[Assignment, ...]:
        token = self.token
        if not self.accept_words("ON", "DUPLICATE", "KEY", "UPDATE"):
            if token.word == "ON" and self.peek().word == "CONFLICT":
                self.fail("ON CONFLICT is not MySQL", hint="write ON DUPLICATE KEY UPDATE column = ...")
            return ()
        if verb.word == "REPLACE":
            self.fail("REPLACE takes no ON DUPLICATE KEY UPDATE", token, "write INSERT instead of REPLACE")
        return self.comma_list(self._assignment)

    def _refuse_returning(self) -> None:
        if self.token.word == "RETURNING":
            self.fail(
                "RETURNING is not MySQL",
                hint="use :execlastid for the new id, or read the rows with a SELECT",
            )

    def _assignment(self) -> Assignment:
        start = self.token.start
        column = self.column_ref()
        if self.accept_any("=", ":=") is None:
            self.unexpected("'='")
        value = self.value_or_default()
        return Assignment(start, self.previous_end, column, value)

    # --- UPDATE and DELETE -------------------------------------------------------------------------

    def update_statement(self, with_: With | None = None) -> Update:
        start = with_.start if with_ else self.token.start
        self.advance()
        self.accept("LOW_PRIORITY")
        ignore = self.accept("IGNORE")
        table = self.table_references()
        self.expect("SET")
        assignments = self.comma_list(self._assignment)
        where = self.expression() if self.accept("WHERE") else None
        order_by, limit = self._order_and_limit(single=isinstance(table, TableName))
        self._refuse_returning()
        return Update(start, self.previous_end, table, assignments, where, order_by, limit, with_, ignore)

    def _order_and_limit(self, *, single: bool) -> tuple[tuple[OrderItem, ...], Limit | None]:
        if self.token.word in {"ORDER", "LIMIT"} and not single:
            self.fail(f"{self.token.word} is not allowed in a statement that changes several tables")
        order_by = self.order_items() if self.accept_words("ORDER", "BY") else ()
        limit = self.limit_clause()
        if limit is not None and limit.offset is not None:
            self.fail("LIMIT takes no offset in UPDATE and DELETE", Token(0, "", limit.start, limit.end))
        return order_by, limit

    def delete_statement(self, with_: With | None = None) -> Delete:
        start = with_.start if with_ else self.token.start
        self.advance()
        while self.accept_any("LOW_PRIORITY", "QUICK", "IGNORE"):
            pass
        if not self.accept("FROM"):
            targets = self.comma_list(self._delete_target)
            self.expect("FROM")
            return self._multi_delete(start, targets, with_)
        if self._at_delete_targets():
            targets = self.comma_list(self._delete_target)
            self.expect("USING")
            return self._multi_delete(start, targets, with_)
        begin = self.token.start
        schema, name = self.qualified_name()
        alias = self.table_alias()
        self.partition_clause()
        table = TableName(begin, self.previous_end, name, schema, alias)
        where = self.expression() if self.accept("WHERE") else None
        order_by, limit = self._order_and_limit(single=True)
        self._refuse_returning()
        return Delete(start, self.previous_end, table, (), where, order_by, limit, with_)

    def _at_delete_targets(self) -> bool:
        """DELETE FROM a, b USING ... rather than DELETE FROM a WHERE ..."""
        for token in self.tokens[self.index :]:
            if token.word in {",", "USING", "*"}:
                return True
            if token.kind not in {lexer.WORD, lexer.QUOTED} and token.word != ".":
                return False
            if token.word in {"WHERE", "ORDER", "LIMIT", "AS", "PARTITION"}:
                return False
        return False

    def _delete_target(self) -> TableName:
        start = self.token.start
        schema: str | None = None
        name = self.name("a table name")
        while self.accept("."):
            if self.accept("*"):
                break
            schema, name = name, self.name_after_dot()
        return TableName(start, self.previous_end, name, schema)

    def _multi_delete(self, start: int, targets: tuple[TableName, ...], with_: With | None) -> Delete:
        table = self.table_references()
        where = self.expression() if self.accept("WHERE") else None
        order_by, limit = self._order_and_limit(single=False)
        return Delete(start, self.previous_end, table, targets, where, order_by, limit, with_)

    # --- the rest ------------------------------------------------------------------------------------

    def truncate_statement(self) -> Truncate:
        start = self.advance().start
        self.accept("TABLE")
        table = self.table_name()
        return Truncate(start, self.previous_end, table)

    def call_statement(self) -> CallProcedure:
        start = self.advance().start
        schema, name = self.qualified_name("the name of a procedure")
        args: tuple[Expr, ...] = ()
        if self.accept("("):
            if self.token.word != ")":
                args = self.expressions()
            self.expect(")")
        return CallProcedure(start, self.previous_end, name, args, schema)

    def set_statement(self) -> "QueryStatement":
        words = {self.peek(1).word, self.peek(2).word}
        if self.peek(1).word in _SET_OTHERWISE or "TRANSACTION" in words:
            return self.other_statement()
        start = self.advance().start
        values = self.comma_list(self._set_variable)
        return SetVariables(start, self.previous_end, values)

    def _set_variable(self) -> Expr:
        if self.token.kind in {lexer.USER_VARIABLE, lexer.SYSTEM_VARIABLE}:
            self.advance()
        else:
            if self.token.word in _SCOPES:
                self.advance()
            self.qualified_name("a variable")
        if self.accept_any("=", ":=") is None:
            self.unexpected("'='")
        token = self.token
        if token.word in {"ON", "ALL", "BINARY", "DEFAULT", "ROW", "SYSTEM"}:
            self.advance()
            return ColumnRef(token.start, token.end, self.raw(token))
        return self.expression()


_STATEMENTS: dict[str, Callable[[ChangeParser], "QueryStatement"]] = {
    "SELECT": ChangeParser.query,
    "(": ChangeParser.query,
    "VALUES": ChangeParser.query,
    "TABLE": ChangeParser.query,
    "WITH": ChangeParser.with_statement,
    "INSERT": ChangeParser.insert_statement,
    "REPLACE": ChangeParser.insert_statement,
    "UPDATE": ChangeParser.update_statement,
    "DELETE": ChangeParser.delete_statement,
    "TRUNCATE": ChangeParser.truncate_statement,
    "CALL": ChangeParser.call_statement,
    "SET": ChangeParser.set_statement,
}
