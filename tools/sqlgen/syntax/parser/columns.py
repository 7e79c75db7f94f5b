"""The parts of a table definition: columns, keys, checks, foreign keys."""

from collections.abc import Callable

import msgspec
from msgspec import Struct

from tools.sqlgen.syntax import lexer
from tools.sqlgen.syntax.ast import Call, ColumnDef, ColumnRef, DataType, Expr, ForeignKeyDef, TableElement
from tools.sqlgen.syntax.parser.cursor import Parser
from tools.sqlgen.syntax.parser.datatypes import parse_charset_name, parse_data_type
from tools.sqlgen.syntax.parser.expressions import parse_expression
from tools.sqlgen.syntax.parser.keys import (
    parse_check_definition,
    parse_constraint,
    parse_foreign_key,
    parse_key_definition,
    parse_references,
)
from tools.sqlgen.syntax.parser.literals import parse_string_literal

OPERAND = 16
"""The floor of an expression without any operator: COLLATE after a default belongs to the column."""
_KEY_WORDS = frozenset({"PRIMARY", "UNIQUE", "FULLTEXT", "SPATIAL", "INDEX", "KEY"})


class _Attributes(Struct):
    """The attributes of a column read so far."""

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
    default_in_parentheses: bool = False


def parse_table_element(p: Parser) -> "TableElement | None":
    """One element; None for a period of MariaDB."""
    word = p.token.word
    if word == "PERIOD" and p.peek().word == "FOR":
        p.advance()
        p.advance()
        p.name("SYSTEM_TIME or the name of the period")
        p.names()
        return None
    if word == "CONSTRAINT":
        return parse_constraint(p)
    if word == "CHECK":
        return parse_check_definition(p, p.token.start, None)
    if word == "FOREIGN":
        return parse_foreign_key(p, p.token.start, None)
    if word in _KEY_WORDS:
        return parse_key_definition(p, p.token.start, None)
    return parse_column_definition(p)


# --- columns ---------------------------------------------------------------------------------------------


def parse_column_definition(p: Parser) -> ColumnDef:
    start = p.token.start
    name = p.name("a column name")
    return _column_body(p, start, name)


def _column_body(p: Parser, start: int, name: str) -> ColumnDef:
    """Parse the type and attributes of a column whose name is already read."""
    serial = p.token.word == "SERIAL"
    data_type = parse_data_type(p)
    found = _Attributes(name)
    if serial:
        found.nullable, found.auto_increment, found.unique = False, True, True
    while _attribute(p, found):
        pass
    if found.collation is not None:
        data_type = _with_collation(data_type, found.collation)
    return ColumnDef(
        start, p.previous_end, name, data_type, found.nullable, found.default, found.on_update,
        found.auto_increment, found.primary, found.unique, found.generated, found.stored, found.invisible,
        found.comment, found.checks, found.references, found.default_in_parentheses,
    )  # fmt: skip


def _attribute(p: Parser, found: _Attributes) -> bool:
    """Reads one attribute into `found`; False when none is next."""
    word = p.token.word
    rule = _ATTRIBUTES.get(word)
    if rule is None:
        return _check_attribute(p, found) if word in {"CONSTRAINT", "CHECK"} else False
    return rule(p, found)


def _not_null_attribute(p: Parser, found: _Attributes) -> bool:
    p.advance()
    if p.accept("SECONDARY"):
        return True
    p.expect("NULL")
    found.nullable = False
    return True


def _null_attribute(p: Parser, found: _Attributes) -> bool:
    p.advance()
    found.nullable = True
    return True


def _default_attribute(p: Parser, found: _Attributes) -> bool:
    p.advance()
    found.default_in_parentheses = p.token.word == "("
    found.default = parse_default_value(p)
    return True


def parse_default_value(p: Parser) -> Expr:
    """Parse a literal, (expression) or CURRENT_TIMESTAMP; MariaDB also accepts other calls."""
    token = p.token
    value = parse_expression(p, OPERAND)
    if isinstance(value, ColumnRef) and token.word != "(":
        p.fail(f"a default is a constant or an expression in parentheses, not {p.describe(token)}", token)
    return value


def _on_update_attribute(p: Parser, found: _Attributes) -> bool:
    p.advance()
    p.expect("UPDATE")
    found.on_update = _timestamp_call(p)
    return True


def _timestamp_call(p: Parser) -> Expr:
    token = p.token
    value = parse_expression(p, OPERAND)
    if not isinstance(value, Call):
        p.fail("ON UPDATE takes CURRENT_TIMESTAMP", token)
    return value


def _auto_increment_attribute(p: Parser, found: _Attributes) -> bool:
    p.advance()
    found.auto_increment = True
    return True


def _unique_attribute(p: Parser, found: _Attributes) -> bool:
    p.advance()
    p.accept("KEY")
    found.unique = True
    return True


def _primary_attribute(p: Parser, found: _Attributes) -> bool:
    p.advance()
    p.expect("KEY")
    found.primary = True
    return True


def _key_attribute(p: Parser, found: _Attributes) -> bool:
    p.advance()
    found.primary = True
    return True


def _comment_attribute(p: Parser, found: _Attributes) -> bool:
    p.advance()
    found.comment = parse_string_literal(p).value
    return True


def _collate_attribute(p: Parser, found: _Attributes) -> bool:
    p.advance()
    found.collation = parse_charset_name(p)
    return True


def _generated_attribute(p: Parser, found: _Attributes) -> bool:
    if p.accept("GENERATED"):
        p.expect("ALWAYS")
    p.expect("AS")
    if p.accept("ROW"):
        # A period column of MariaDB's system versioning.
        if p.accept_any("START", "END") is None:
            p.unexpected("START or END")
        return True
    p.expect("(")
    found.generated = parse_expression(p)
    p.expect(")")
    return True


def _stored_attribute(p: Parser, found: _Attributes) -> bool:
    p.advance()
    found.stored = True
    return True


def _flag_attribute(p: Parser, found: _Attributes) -> bool:
    found.invisible = found.invisible or p.token.word == "INVISIBLE"
    p.advance()
    return True


def _word_option_attribute(p: Parser, _found: _Attributes) -> bool:
    """COLUMN_FORMAT FIXED, STORAGE DISK, ENGINE_ATTRIBUTE = '...', SRID 4326, COMPRESSED[=method]"""
    p.advance()
    if (
        p.accept("=")
        or p.token.kind in {lexer.STRING, lexer.INT}
        or p.token.word in {"FIXED", "DYNAMIC", "DEFAULT", "DISK", "MEMORY"}
    ):
        p.advance()
    return True


def _serial_default_attribute(p: Parser, found: _Attributes) -> bool:
    """SERIAL DEFAULT VALUE: NOT NULL AUTO_INCREMENT UNIQUE."""
    p.expect("SERIAL", "DEFAULT", "VALUE")
    found.nullable, found.auto_increment, found.unique = False, True, True
    return True


def _versioning_attribute(p: Parser, _found: _Attributes) -> bool:
    """WITH or WITHOUT SYSTEM VERSIONING, of MariaDB."""
    p.advance()
    p.expect("SYSTEM", "VERSIONING")
    return True


def _references_attribute(p: Parser, found: _Attributes) -> bool:
    start = p.token.start
    parent, parents, actions = parse_references(p)
    found.references = ForeignKeyDef(
        start, p.previous_end, None, (found.name,), parent, parents,
        actions.get("DELETE"), actions.get("UPDATE"),
    )  # fmt: skip
    return True


def _check_attribute(p: Parser, found: _Attributes) -> bool:
    if p.accept("CONSTRAINT") and p.token.word != "CHECK":
        p.name("the name of a constraint")
    if p.token.word != "CHECK":
        p.unexpected("CHECK")
    found.checks = (*found.checks, parse_check_definition(p, p.token.start, None).condition)
    return True


# --- keys and constraints --------------------------------------------------------------------------------


def _with_collation(data_type: DataType, collation: str) -> DataType:
    return msgspec.structs.replace(data_type, collation=collation)


_ATTRIBUTES: dict[str, Callable[[Parser, _Attributes], bool]] = {
    "NOT": _not_null_attribute,
    "NULL": _null_attribute,
    "DEFAULT": _default_attribute,
    "ON": _on_update_attribute,
    "AUTO_INCREMENT": _auto_increment_attribute,
    "SERIAL": _serial_default_attribute,
    "UNIQUE": _unique_attribute,
    "PRIMARY": _primary_attribute,
    "KEY": _key_attribute,
    "COMMENT": _comment_attribute,
    "COLLATE": _collate_attribute,
    "GENERATED": _generated_attribute,
    "AS": _generated_attribute,
    "STORED": _stored_attribute,
    "PERSISTENT": _stored_attribute,
    "VIRTUAL": _flag_attribute,
    "VISIBLE": _flag_attribute,
    "INVISIBLE": _flag_attribute,
    "REFERENCES": _references_attribute,
    "WITH": _versioning_attribute,
    "WITHOUT": _versioning_attribute,
    **dict.fromkeys(
        (
            "COLUMN_FORMAT", "STORAGE", "ENGINE_ATTRIBUTE", "SECONDARY_ENGINE_ATTRIBUTE", "SRID",
            "COMPRESSED", "REF_SYSTEM_ID",
        ),
        _word_option_attribute,
    ),
}  # fmt: skip
