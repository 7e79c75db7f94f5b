"""Keys, checks and foreign keys, in a table definition and in ALTER TABLE."""

from tools.sqlgen.syntax.ast import CheckDef, ForeignKeyDef, KeyDef, KeyPart, TableName
from tools.sqlgen.syntax.parser.cursor import Parser
from tools.sqlgen.syntax.parser.expressions import parse_expression
from tools.sqlgen.syntax.parser.literals import parse_integer

_KEY_KINDS = {"PRIMARY": "PRIMARY", "UNIQUE": "UNIQUE", "FULLTEXT": "FULLTEXT", "SPATIAL": "SPATIAL"}


def parse_constraint(p: Parser) -> KeyDef | ForeignKeyDef | CheckDef:
    start = p.advance().start
    name = None if p.token.word in {"CHECK", "FOREIGN", *_KEY_KINDS} else p.name("a constraint name")
    if p.token.word == "CHECK":
        return parse_check_definition(p, start, name)
    if p.token.word == "FOREIGN":
        return parse_foreign_key(p, start, name)
    if p.token.word not in {"PRIMARY", "UNIQUE"}:
        p.unexpected("PRIMARY KEY, UNIQUE, FOREIGN KEY or CHECK")
    return parse_key_definition(p, start, name)


def parse_key_definition(p: Parser, start: int, constraint: str | None) -> KeyDef:
    """[PRIMARY | UNIQUE | FULLTEXT | SPATIAL] [KEY | INDEX] [name] [USING ...] (parts) [options]"""
    kind = _key_kind(p)
    name = None
    if p.token.word == "IF":
        p.expect("IF", "NOT", "EXISTS")
    if p.token.word != "(" and not _at_key_type(p):
        name = p.name("a key name")
    parse_key_options(p)
    parts = p.parenthesised(parse_key_part)
    parse_key_options(p)
    if kind == "PRIMARY":
        return KeyDef(start, p.previous_end, "PRIMARY", None, parts)
    return key_definition_of(p, start, kind, name or constraint, parts)


def _at_key_type(p: Parser) -> bool:
    return p.token.word in {"USING", "TYPE"} and p.peek().word in {"BTREE", "HASH", "RTREE"}


def _key_kind(p: Parser) -> str:
    word = p.advance().word
    kind = _KEY_KINDS.get(word, "INDEX")
    if kind == "PRIMARY":
        p.expect("KEY")
    elif kind != "INDEX":
        p.accept_any("KEY", "INDEX")
    return kind


def key_definition_of(
    p: Parser, start: int, kind: str, name: str | None, parts: tuple[KeyPart, ...]
) -> KeyDef:
    if kind == "UNIQUE":
        return KeyDef(start, p.previous_end, "UNIQUE", name, parts)
    if kind == "FULLTEXT":
        return KeyDef(start, p.previous_end, "FULLTEXT", name, parts)
    if kind == "SPATIAL":
        return KeyDef(start, p.previous_end, "SPATIAL", name, parts)
    return KeyDef(start, p.previous_end, "INDEX", name, parts)


def parse_key_part(p: Parser) -> KeyPart:
    start = p.token.start
    if p.token.word == "(":
        p.advance()
        expr = parse_expression(p)
        p.expect(")")
        descending = p.accept_any("ASC", "DESC") == "DESC"
        return KeyPart(start, p.previous_end, None, expr, None, descending)
    column = p.name("a column name")
    if p.accept_words("WITHOUT", "OVERLAPS"):
        # The period of a MariaDB key: rows with equal other columns do not overlap, so these are not unique.
        return KeyPart(start, p.previous_end, None)
    length = None
    if p.accept("("):
        length = parse_integer(p, "a length")
        p.expect(")")
    descending = p.accept_any("ASC", "DESC") == "DESC"
    return KeyPart(start, p.previous_end, column, None, length, descending)


def parse_key_options(p: Parser) -> None:
    while True:
        if _at_key_type(p):
            p.advance()
            p.advance()
        elif p.token.word in {
            "COMMENT",
            "KEY_BLOCK_SIZE",
            "ENGINE_ATTRIBUTE",
            "SECONDARY_ENGINE_ATTRIBUTE",
        }:
            p.advance()
            p.accept("=")
            p.advance()
        elif p.accept_words("WITH", "PARSER"):
            p.name("a parser")
        elif p.accept_any("VISIBLE", "INVISIBLE", "IGNORED") is None and not p.accept_words("NOT", "IGNORED"):
            return


def parse_check_definition(p: Parser, start: int, name: str | None) -> CheckDef:
    p.expect("CHECK", "(")
    condition = parse_expression(p)
    p.expect(")")
    enforced = not p.accept_words("NOT", "ENFORCED")
    p.accept("ENFORCED")
    return CheckDef(start, p.previous_end, name, condition, enforced)


def parse_foreign_key(p: Parser, start: int, constraint: str | None) -> ForeignKeyDef:
    p.expect("FOREIGN", "KEY")
    if p.token.word == "IF":
        p.expect("IF", "NOT", "EXISTS")
    name = p.name("a key name") if p.token.word != "(" else None
    columns = tuple(part.column or "" for part in p.parenthesised(parse_key_part))
    parent, parents, actions = parse_references(p)
    return ForeignKeyDef(
        start, p.previous_end, constraint or name, columns, parent, parents,
        actions.get("DELETE"), actions.get("UPDATE"),
    )  # fmt: skip


def parse_references(p: Parser) -> tuple[TableName, tuple[str, ...], dict[str, str]]:
    p.expect("REFERENCES")
    table = p.table_name()
    parents: tuple[str, ...] = ()
    if p.token.word == "(":
        parents = tuple(part.column or "" for part in p.parenthesised(parse_key_part))
    if p.accept("MATCH") and p.accept_any("FULL", "PARTIAL", "SIMPLE") is None:
        p.unexpected("FULL, PARTIAL or SIMPLE")
    actions: dict[str, str] = {}
    while p.token.word == "ON" and p.peek().word in {"DELETE", "UPDATE"}:
        p.advance()
        event = p.advance().word
        actions[event] = _reference_action(p)
    return table, parents, actions


def _reference_action(p: Parser) -> str:
    for words in (("RESTRICT",), ("CASCADE",), ("SET", "NULL"), ("NO", "ACTION"), ("SET", "DEFAULT")):
        if p.accept_words(*words):
            return " ".join(words)
    p.unexpected("RESTRICT, CASCADE, SET NULL or NO ACTION")
