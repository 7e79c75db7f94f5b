"""What FROM names: tables, joins, derived tables, JSON_TABLE."""

from collections.abc import Callable
from typing import Literal

import msgspec

from tools.sqlgen.syntax import lexer
from tools.sqlgen.syntax.ast import Derived, Join, JsonTable, JsonTableColumn, TableName, TableRef
from tools.sqlgen.syntax.parser.expressions import ExpressionParser

_JOIN_WORDS = frozenset({"JOIN", "INNER", "CROSS", "LEFT", "RIGHT", "STRAIGHT_JOIN", "NATURAL"})
_HINTS = frozenset({"USE", "FORCE", "IGNORE"})
_Side = Literal["LEFT", "RIGHT"]
_NO_FULL_JOIN = "MySQL has no FULL JOIN; write a LEFT JOIN, UNION ALL, and a RIGHT JOIN of the rest"


class TableParser(ExpressionParser):
    """Reads table references."""

    def table_references(self) -> TableRef:
        """Tables separated by commas, which are cross joins of the lowest precedence."""
        start = self.token.start
        left = self.table_reference()
        while self.accept(","):
            right = self.table_reference()
            left = Join(start, self.previous_end, "CROSS", left, right)
        return left

    def table_reference(self) -> TableRef:
        """A table with everything that is joined to it."""
        start = self.token.start
        left = self._factor()
        while self.token.word in _JOIN_WORDS:
            left = self._join(left, start)
        if self.token.word == "FULL" and self.peek().word in {"JOIN", "OUTER"}:
            self.fail("FULL JOIN is not supported by MySQL", hint=_NO_FULL_JOIN)
        return left

    def _join(self, left: TableRef, start: int) -> TableRef:
        word = self.token.word
        if word == "NATURAL":
            return self._natural_join(left, start)
        self.advance()
        if word in {"LEFT", "RIGHT"}:
            self.accept("OUTER")
            self.expect("JOIN")
            return self._outer_join(left, start, "LEFT" if word == "LEFT" else "RIGHT")
        if word in {"INNER", "CROSS"}:
            self.expect("JOIN")
        straight = word == "STRAIGHT_JOIN"
        right_start = self.token.start
        right = self.table_reference()
        kind: Literal["CROSS", "INNER"] = "CROSS" if word == "CROSS" else "INNER"
        if self._at_on():
            self.advance()
            on = self.expression()
            return Join(start, self.previous_end, kind, left, right, on, straight=straight)
        if self.accept("USING"):
            using = self.names()
            return Join(start, self.previous_end, kind, left, right, using=using, straight=straight)

        def graft(leaf: TableRef) -> TableRef:
            return Join(start, leaf.end, kind, left, leaf, straight=straight)

        return _replace_leftmost(right, right_start, start, graft)

    def _at_on(self) -> bool:
        """ON, but not the ON DUPLICATE KEY of the INSERT around a query."""
        return self.token.word == "ON" and not self.at_words("ON", "DUPLICATE", "KEY")

    def _outer_join(self, left: TableRef, start: int, kind: _Side) -> TableRef:
        right = self.table_reference()
        if self.accept("USING"):
            using = self.names()
            return Join(start, self.previous_end, kind, left, right, using=using)
        if not self._at_on():
            self.unexpected("ON or USING", f"a {kind} JOIN needs a condition")
        self.advance()
        on = self.expression()
        return Join(start, self.previous_end, kind, left, right, on)

    def _natural_join(self, left: TableRef, start: int) -> TableRef:
        self.advance()
        kind: Literal["LEFT", "RIGHT", "INNER"] = "INNER"
        side = self.accept_any("LEFT", "RIGHT", "INNER")
        if side in {"LEFT", "RIGHT"}:
            kind = "LEFT" if side == "LEFT" else "RIGHT"
            self.accept("OUTER")
        self.expect("JOIN")
        right = self._factor()
        return Join(start, self.previous_end, kind, left, right, natural=True)

    # --- one table -------------------------------------------------------------------------------

    def _factor(self) -> TableRef:
        token = self.token
        if token.word == "(":
            if self.at_query(self.index):
                return self._derived(token.start, lateral=False)
            self.advance()
            inner = self.table_references()
            self.expect(")")
            return inner
        if token.word == "LATERAL" and self.peek().word == "(":
            self.advance()
            return self._derived(token.start, lateral=True)
        if token.word == "JSON_TABLE" and self.peek().word == "(":
            return self._json_table()
        if token.word == "{":
            return self._odbc_join()
        return self.table_factor()

    def _odbc_join(self) -> TableRef:
        """{ OJ a LEFT JOIN b ON ... }"""
        self.advance()
        self.name("OJ")
        inner = self.table_reference()
        self.expect("}")
        return inner

    def table_factor(self) -> TableName:
        """Name [PARTITION (...)] [[AS] alias] [index hints]"""
        start = self.token.start
        schema, name = self.qualified_name()
        if self.token.word == "(":
            self.fail(f"'{name}' cannot be called here: only JSON_TABLE makes a table")
        self.partition_clause()
        alias = self.table_alias()
        hints = self._index_hints()
        return TableName(start, self.previous_end, name, schema, alias, hints)

    def partition_clause(self) -> None:
        if self.token.word == "PARTITION" and self.peek().word == "(":
            self.advance()
            self.names()

    def table_alias(self) -> str | None:
        if self.accept("AS"):
            return self.name("an alias")
        if not self.implicit_alias() or self._at_outer_full():
            return None
        return self.unquoted(self.advance())

    def _at_outer_full(self) -> bool:
        return self.token.word == "FULL" and self.peek().word == "OUTER"

    def _index_hints(self) -> tuple[str, ...]:
        names: list[str] = []
        while self.token.word in _HINTS and self.peek().word in {"INDEX", "KEY"}:
            self.advance()
            self.advance()
            if self.accept("FOR") and not self.accept("JOIN"):
                if self.accept_any("ORDER", "GROUP") is None:
                    self.unexpected("JOIN, ORDER BY or GROUP BY")
                self.expect("BY")
            self.expect("(")
            if self.token.word != ")":
                names.extend(self.comma_list(self._index_name))
            self.expect(")")
        return tuple(names)

    def _index_name(self) -> str:
        return self.raw(self.advance()) if self.token.word == "PRIMARY" else self.name("an index name")

    def _derived(self, start: int, *, lateral: bool) -> Derived:
        query = self.bracketed_query()
        alias = self.table_alias()
        columns = self.names() if alias is not None and self.token.word == "(" else ()
        return Derived(start, self.previous_end, query, alias, columns, lateral)

    # --- JSON_TABLE -------------------------------------------------------------------------------

    def _json_table(self) -> JsonTable:
        start = self.advance().start
        self.expect("(")
        document = self.expression()
        self.expect(",")
        path = self._path_string()
        columns = self._json_columns()
        self.expect(")")
        alias = self.table_alias()
        return JsonTable(start, self.previous_end, document, path, columns, alias)

    def _path_string(self) -> str:
        if self.token.kind != lexer.STRING:
            self.unexpected("a JSON path as a string")
        return self.string_literal().value

    def _json_columns(self) -> tuple[JsonTableColumn, ...]:
        self.expect("COLUMNS")
        return self.parenthesised(self._json_column)

    def _json_column(self) -> JsonTableColumn:
        start = self.token.start
        if self.at_words("NESTED", "PATH"):
            self.advance()
            self.advance()
            path = self._path_string()
            columns = self._json_columns()
            return JsonTableColumn(start, self.previous_end, "", "NESTED", None, path, columns)
        name = self.name("a column name")
        if self.accept_words("FOR", "ORDINALITY"):
            return JsonTableColumn(start, self.previous_end, name, "ORDINALITY")
        data_type = self.data_type()
        if self.accept("COLLATE"):
            self.charset_name()
        kind: Literal["EXISTS", "PATH"] = "EXISTS" if self.accept("EXISTS") else "PATH"
        self.expect("PATH")
        path = self._path_string()
        events: dict[str, str] = {}
        while self.token.word not in {",", ")"}:
            event, action = self.on_clause()
            events[event] = action
        on_empty, on_error = events.get("EMPTY"), events.get("ERROR")
        return JsonTableColumn(start, self.previous_end, name, kind, data_type, path, (), on_empty, on_error)


def _replace_leftmost(
    node: TableRef, start: int, new_start: int, graft: Callable[[TableRef], TableRef]
) -> TableRef:
    """`node` with its leftmost table replaced; `a JOIN b JOIN c ON x` is `(a JOIN b) JOIN c ON x`.

    A join in parentheses begins after `start`, and is a leaf.
    """
    if isinstance(node, Join) and node.start == start:
        left = _replace_leftmost(node.left, start, new_start, graft)
        return msgspec.structs.replace(node, start=new_start, left=left)
    return graft(node)
