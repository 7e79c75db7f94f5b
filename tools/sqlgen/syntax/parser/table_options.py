"""The table options of CREATE TABLE and ALTER TABLE."""

from msgspec import Struct

from tools.sqlgen.syntax import lexer
from tools.sqlgen.syntax.parser.cursor import Parser
from tools.sqlgen.syntax.parser.datatypes import at_charset, parse_charset_clause, parse_charset_name
from tools.sqlgen.syntax.parser.literals import parse_string_literal

VALUE_OPTIONS = frozenset(
    {
        "AUTOEXTEND_SIZE", "AUTO_INCREMENT", "AVG_ROW_LENGTH", "CHECKSUM", "COMPRESSION", "CONNECTION",
        "DELAY_KEY_WRITE", "ENCRYPTION", "ENGINE", "ENGINE_ATTRIBUTE", "INSERT_METHOD", "KEY_BLOCK_SIZE",
        "MAX_ROWS", "MIN_ROWS", "PACK_KEYS", "PAGE_CHECKSUM", "PAGE_COMPRESSED", "PAGE_COMPRESSION_LEVEL",
        "PASSWORD", "ROW_FORMAT", "SECONDARY_ENGINE", "SECONDARY_ENGINE_ATTRIBUTE", "STATS_AUTO_RECALC",
        "STATS_PERSISTENT", "STATS_SAMPLE_PAGES", "TABLESPACE", "TABLE_CHECKSUM", "TRANSACTIONAL", "TYPE",
        "ENCRYPTED", "ENCRYPTION_KEY_ID", "IETF_QUOTES", "SEQUENCE",
    }
)  # fmt: skip


class TableOptions(Struct):
    """The table options that the catalog needs."""

    comment: str | None = None
    charset: str | None = None
    collation: str | None = None
    engine: str | None = None


def parse_table_option(p: Parser, found: TableOptions) -> bool:
    """Parse one option such as ENGINE=InnoDB into `found`; returns False if none is next."""
    word = p.token.word
    if word == "DEFAULT" and (p.peek().word in {"CHARSET", "CHARACTER", "CHAR", "COLLATE", "ENCRYPTION"}):
        p.advance()
        word = p.token.word
    if at_charset(p):
        found.charset = parse_charset_clause(p)
    elif word == "COLLATE":
        p.advance()
        p.accept("=")
        found.collation = parse_charset_name(p)
    elif word == "COMMENT":
        p.advance()
        p.accept("=")
        found.comment = parse_string_literal(p).value
    elif word in {"DATA", "INDEX"} and p.peek().word == "DIRECTORY":
        p.advance()
        _option_value(p)
    elif word == "UNION":
        p.advance()
        p.accept("=")
        p.skip_parenthesised()
    elif word in VALUE_OPTIONS:
        _option_value(p)
        if word == "ENGINE":
            found.engine = p.tokens[p.index - 1].word or None
    elif p.at_name() and p.peek().word == "=":
        # MariaDB's engines have options of their own.
        _option_value(p)
    else:
        return _worded_option(p)
    return True


def _option_value(p: Parser) -> None:
    storage = p.advance().word == "TABLESPACE"
    p.accept("=")
    if p.token.kind == lexer.OPERATOR:
        p.accept("-")
    if p.token.kind in {lexer.END, lexer.OPERATOR, lexer.ERROR}:
        p.unexpected("the option's value")
    p.advance()
    if storage and p.accept("STORAGE"):
        p.name("DISK or MEMORY")


def _worded_option(p: Parser) -> bool:
    if p.accept_words("WITH", "SYSTEM", "VERSIONING") or p.accept_words("START", "TRANSACTION"):
        return True
    if p.token.word == "STORAGE":
        p.advance()
        p.name("DISK or MEMORY")
        return True
    return False
