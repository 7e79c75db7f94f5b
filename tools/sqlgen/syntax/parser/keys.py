"""Keys, checks and foreign keys, in a table definition and in ALTER TABLE."""

from tools.sqlgen.syntax.ast import CheckDef, ForeignKeyDef, KeyDef, KeyPart, TableName
from tools.sqlgen.syntax.parser.changes import ChangeParser

_KEY_KINDS = {"PRIMARY": "PRIMARY", "UNIQUE": "UNIQUE", "FULLTEXT": "FULLTEXT", "SPATIAL": "SPATIAL"}


class KeyParser(ChangeParser):
    """Reads constraints."""

    def constraint(self) -> KeyDef | ForeignKeyDef | CheckDef:
        start = self.advance().start
        name = (
            None if self.token.word in {"CHECK", "FOREIGN", *_KEY_KINDS} else self.name("a constraint name")
        )
        if self.token.word == "CHECK":
            return self.check_definition(start, name)
        if self.token.word == "FOREIGN":
            return self.foreign_key(start, name)
        if self.token.word not in {"PRIMARY", "UNIQUE"}:
            self.unexpected("PRIMARY KEY, UNIQUE, FOREIGN KEY or CHECK")
        return self.key_definition(start, name)

    def key_definition(self, start: int, constraint: str | None) -> KeyDef:
        """[PRIMARY | UNIQUE | FULLTEXT | SPATIAL] [KEY | INDEX] [name] [USING ...] (parts) [options]"""
        kind = self.key_kind()
        name = None
        if self.token.word == "IF":
            self.expect("IF", "NOT", "EXISTS")
        if self.token.word != "(" and not self._at_key_type():
            name = self.name("a key name")
        self.key_options()
        parts = self.parenthesised(self.key_part)
        self.key_options()
        if kind == "PRIMARY":
            return KeyDef(start, self.previous_end, "PRIMARY", None, parts)
        return self.key(start, kind, name or constraint, parts)

    def _at_key_type(self) -> bool:
        return self.token.word in {"USING", "TYPE"} and self.peek().word in {"BTREE", "HASH", "RTREE"}

    def key_kind(self) -> str:
        word = self.advance().word
        kind = _KEY_KINDS.get(word, "INDEX")
        if kind == "PRIMARY":
            self.expect("KEY")
        elif kind != "INDEX":
            self.accept_any("KEY", "INDEX")
        return kind

    def key(self, start: int, kind: str, name: str | None, parts: tuple[KeyPart, ...]) -> KeyDef:
        if kind == "UNIQUE":
            return KeyDef(start, self.previous_end, "UNIQUE", name, parts)
        if kind == "FULLTEXT":
            return KeyDef(start, self.previous_end, "FULLTEXT", name, parts)
        if kind == "SPATIAL":
            return KeyDef(start, self.previous_end, "SPATIAL", name, parts)
        return KeyDef(start, self.previous_end, "INDEX", name, parts)

    def key_part(self) -> KeyPart:
        start = self.token.start
        if self.token.word == "(":
            self.advance()
            expr = self.expression()
            self.expect(")")
            descending = self.accept_any("ASC", "DESC") == "DESC"
            return KeyPart(start, self.previous_end, None, expr, None, descending)
        column = self.name("a column name")
        length = None
        if self.accept("("):
            length = self.integer("a length")
            self.expect(")")
        descending = self.accept_any("ASC", "DESC") == "DESC"
        return KeyPart(start, self.previous_end, column, None, length, descending)

    def key_options(self) -> None:
        while True:
            if self._at_key_type():
                self.advance()
                self.advance()
            elif self.token.word in {
                "COMMENT",
                "KEY_BLOCK_SIZE",
                "ENGINE_ATTRIBUTE",
                "SECONDARY_ENGINE_ATTRIBUTE",
            }:
                self.advance()
                self.accept("=")
                self.advance()
            elif self.accept_words("WITH", "PARSER"):
                self.name("a parser")
            elif self.accept_any("VISIBLE", "INVISIBLE", "IGNORED") is None and not self.accept_words(
                "NOT", "IGNORED"
            ):
                return

    def check_definition(self, start: int, name: str | None) -> CheckDef:
        self.expect("CHECK", "(")
        condition = self.expression()
        self.expect(")")
        enforced = not self.accept_words("NOT", "ENFORCED")
        self.accept("ENFORCED")
        return CheckDef(start, self.previous_end, name, condition, enforced)

    def foreign_key(self, start: int, constraint: str | None) -> ForeignKeyDef:
        self.expect("FOREIGN", "KEY")
        if self.token.word == "IF":
            self.expect("IF", "NOT", "EXISTS")
        name = self.name("a key name") if self.token.word != "(" else None
        columns = tuple(part.column or "" for part in self.parenthesised(self.key_part))
        parent, parents, actions = self.references()
        return ForeignKeyDef(
            start, self.previous_end, constraint or name, columns, parent, parents,
            actions.get("DELETE"), actions.get("UPDATE"),
        )  # fmt: skip

    def references(self) -> tuple[TableName, tuple[str, ...], dict[str, str]]:
        self.expect("REFERENCES")
        table = self.table_name()
        parents: tuple[str, ...] = ()
        if self.token.word == "(":
            parents = tuple(part.column or "" for part in self.parenthesised(self.key_part))
        if self.accept("MATCH") and self.accept_any("FULL", "PARTIAL", "SIMPLE") is None:
            self.unexpected("FULL, PARTIAL or SIMPLE")
        actions: dict[str, str] = {}
        while self.token.word == "ON" and self.peek().word in {"DELETE", "UPDATE"}:
            self.advance()
            event = self.advance().word
            actions[event] = self.reference_action()
        return table, parents, actions

    def reference_action(self) -> str:
        for words in (("RESTRICT",), ("CASCADE",), ("SET", "NULL"), ("NO", "ACTION"), ("SET", "DEFAULT")):
            if self.accept_words(*words):
                return " ".join(words)
        self.unexpected("RESTRICT, CASCADE, SET NULL or NO ACTION")
