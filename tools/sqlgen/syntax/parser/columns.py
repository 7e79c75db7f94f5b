"""The parts of a table definition: columns, keys, checks, foreign keys."""

from collections.abc import Callable

import msgspec
from msgspec import Struct

from tools.sqlgen.syntax import lexer
from tools.sqlgen.syntax.ast import Call, ColumnDef, ColumnRef, DataType, Expr, ForeignKeyDef, TableElement
from tools.sqlgen.syntax.parser.keys import KeyParser

OPERAND = 16
"""The floor of an expression without any operator: COLLATE behind a default belongs to the column."""
_KEY_WORDS = frozenset({"PRIMARY", "UNIQUE", "FULLTEXT", "SPATIAL", "INDEX", "KEY"})


class _Attributes(Struct):
    """What is known of a column while its attributes are read."""

    name: str
    nullable: bool | None = None
    default: Expr | None = None
    on_update: Expr | None = None
    auto_increment: bool = False
    primary: bool = False
    unique: bool = False
    generated: Expr | None = None
    stored: bool = False
    invisible: bool = False
    comment: str | None = None
    collation: str | None = None
    checks: tuple[Expr, ...] = ()
    references: ForeignKeyDef | None = None


class ColumnParser(KeyParser):
    """Reads what stands in the parentheses of CREATE TABLE."""

    def table_element(self) -> "TableElement | None":
        """One element; None for a period of MariaDB's system versioning."""
        word = self.token.word
        if word == "PERIOD" and self.peek().word == "FOR":
            self.advance()
            self.advance()
            self.name("SYSTEM_TIME")
            self.names()
            return None
        if word == "CONSTRAINT":
            return self.constraint()
        if word == "CHECK":
            return self.check_definition(self.token.start, None)
        if word == "FOREIGN":
            return self.foreign_key(self.token.start, None)
        if word in _KEY_WORDS:
            return self.key_definition(self.token.start, None)
        return self.column_definition()

    # --- columns ---------------------------------------------------------------------------------

    def column_definition(self) -> ColumnDef:
        start = self.token.start
        name = self.name("a column name")
        return self.column_body(start, name)

    def column_body(self, start: int, name: str) -> ColumnDef:
        """The type and attributes of a column whose name is read."""
        serial = self.token.word == "SERIAL"
        data_type = self.data_type()
        found = _Attributes(name)
        if serial:
            found.nullable, found.auto_increment, found.unique = False, True, True
        while self._attribute(found):
            pass
        if found.collation is not None:
            data_type = _with_collation(data_type, found.collation)
        return ColumnDef(
            start, self.previous_end, name, data_type, found.nullable, found.default, found.on_update,
            found.auto_increment, found.primary, found.unique, found.generated, found.stored, found.invisible,
            found.comment, found.checks, found.references,
        )  # fmt: skip

    def _attribute(self, found: _Attributes) -> bool:
        """Reads one attribute into `found`; False when none is next."""
        word = self.token.word
        rule = _ATTRIBUTES.get(word)
        if rule is None:
            return self._check_attribute(found) if word in {"CONSTRAINT", "CHECK"} else False
        return rule(self, found)

    def not_null_attribute(self, found: _Attributes) -> bool:
        self.advance()
        if self.accept("SECONDARY"):
            return True
        self.expect("NULL")
        found.nullable = False
        return True

    def null_attribute(self, found: _Attributes) -> bool:
        self.advance()
        found.nullable = True
        return True

    def default_attribute(self, found: _Attributes) -> bool:
        self.advance()
        found.default = self.default_value()
        return True

    def default_value(self) -> Expr:
        """A literal, (expression) or CURRENT_TIMESTAMP; MariaDB also takes other calls."""
        token = self.token
        value = self.expression(OPERAND)
        if isinstance(value, ColumnRef) and token.word != "(":
            self.fail(
                f"a default is a constant or an expression in parentheses, not {self.describe(token)}", token
            )
        return value

    def on_update_attribute(self, found: _Attributes) -> bool:
        self.advance()
        self.expect("UPDATE")
        found.on_update = self._timestamp_call()
        return True

    def _timestamp_call(self) -> Expr:
        token = self.token
        value = self.expression(OPERAND)
        if not isinstance(value, Call):
            self.fail("ON UPDATE takes CURRENT_TIMESTAMP", token)
        return value

    def auto_increment_attribute(self, found: _Attributes) -> bool:
        self.advance()
        found.auto_increment = True
        return True

    def unique_attribute(self, found: _Attributes) -> bool:
        self.advance()
        self.accept("KEY")
        found.unique = True
        return True

    def primary_attribute(self, found: _Attributes) -> bool:
        self.advance()
        self.expect("KEY")
        found.primary = True
        return True

    def key_attribute(self, found: _Attributes) -> bool:
        self.advance()
        found.primary = True
        return True

    def comment_attribute(self, found: _Attributes) -> bool:
        self.advance()
        found.comment = self.string_literal().value
        return True

    def collate_attribute(self, found: _Attributes) -> bool:
        self.advance()
        found.collation = self.charset_name()
        return True

    def generated_attribute(self, found: _Attributes) -> bool:
        if self.accept("GENERATED"):
            self.expect("ALWAYS")
        self.expect("AS")
        if self.accept("ROW"):
            # A period column of MariaDB's system versioning.
            if self.accept_any("START", "END") is None:
                self.unexpected("START or END")
            found.invisible = found.nullable is None
            return True
        self.expect("(")
        found.generated = self.expression()
        self.expect(")")
        return True

    def stored_attribute(self, found: _Attributes) -> bool:
        self.advance()
        found.stored = True
        return True

    def flag_attribute(self, found: _Attributes) -> bool:
        found.invisible = found.invisible or self.token.word == "INVISIBLE"
        self.advance()
        return True

    def word_option_attribute(self, _found: _Attributes) -> bool:
        """COLUMN_FORMAT FIXED, STORAGE DISK, ENGINE_ATTRIBUTE = '...', SRID 4326, COMPRESSED[=method]"""
        self.advance()
        if (
            self.accept("=")
            or self.token.kind in {lexer.STRING, lexer.INT}
            or self.token.word in {"FIXED", "DYNAMIC", "DEFAULT", "DISK", "MEMORY"}
        ):
            self.advance()
        return True

    def serial_default_attribute(self, found: _Attributes) -> bool:
        """SERIAL DEFAULT VALUE: NOT NULL AUTO_INCREMENT UNIQUE."""
        self.expect("SERIAL", "DEFAULT", "VALUE")
        found.nullable, found.auto_increment, found.unique = False, True, True
        return True

    def versioning_attribute(self, _found: _Attributes) -> bool:
        """WITH or WITHOUT SYSTEM VERSIONING, of MariaDB."""
        self.advance()
        self.expect("SYSTEM", "VERSIONING")
        return True

    def references_attribute(self, found: _Attributes) -> bool:
        start = self.token.start
        parent, parents, actions = self.references()
        found.references = ForeignKeyDef(
            start, self.previous_end, None, (found.name,), parent, parents,
            actions.get("DELETE"), actions.get("UPDATE"),
        )  # fmt: skip
        return True

    def _check_attribute(self, found: _Attributes) -> bool:
        if self.accept("CONSTRAINT") and self.token.word != "CHECK":
            self.name("the name of a constraint")
        if self.token.word != "CHECK":
            self.unexpected("CHECK")
        found.checks = (*found.checks, self.check_definition(self.token.start, None).condition)
        return True

    # --- keys and constraints -----------------------------------------------------------------------


def _with_collation(data_type: DataType, collation: str) -> DataType:
    return msgspec.structs.replace(data_type, collation=collation)


_ATTRIBUTES: dict[str, Callable[[ColumnParser, _Attributes], bool]] = {
    "NOT": ColumnParser.not_null_attribute,
    "NULL": ColumnParser.null_attribute,
    "DEFAULT": ColumnParser.default_attribute,
    "ON": ColumnParser.on_update_attribute,
    "AUTO_INCREMENT": ColumnParser.auto_increment_attribute,
    "SERIAL": ColumnParser.serial_default_attribute,
    "UNIQUE": ColumnParser.unique_attribute,
    "PRIMARY": ColumnParser.primary_attribute,
    "KEY": ColumnParser.key_attribute,
    "COMMENT": ColumnParser.comment_attribute,
    "COLLATE": ColumnParser.collate_attribute,
    "GENERATED": ColumnParser.generated_attribute,
    "AS": ColumnParser.generated_attribute,
    "STORED": ColumnParser.stored_attribute,
    "PERSISTENT": ColumnParser.stored_attribute,
    "VIRTUAL": ColumnParser.flag_attribute,
    "VISIBLE": ColumnParser.flag_attribute,
    "INVISIBLE": ColumnParser.flag_attribute,
    "REFERENCES": ColumnParser.references_attribute,
    "WITH": ColumnParser.versioning_attribute,
    "WITHOUT": ColumnParser.versioning_attribute,
    **dict.fromkeys(
        (
            "COLUMN_FORMAT", "STORAGE", "ENGINE_ATTRIBUTE", "SECONDARY_ENGINE_ATTRIBUTE", "SRID",
            "COMPRESSED", "REF_SYSTEM_ID",
        ),
        ColumnParser.word_option_attribute,
    ),
}  # fmt: skip
