"""ALTER TABLE."""

from collections.abc import Callable
from typing import Literal

from tools.sqlgen.syntax import lexer
from tools.sqlgen.syntax.ast import (
    AddColumn,
    AddConstraint,
    AlterAction,
    AlterDefault,
    AlterTable,
    AlterVisibility,
    ChangeColumn,
    ColumnDef,
    ConvertTo,
    DefaultCharset,
    DropColumn,
    DropKey,
    OtherAction,
    RenameColumn,
    RenameKey,
    RenameTo,
    TableElement,
)
from tools.sqlgen.syntax.parser.columns import (
    parse_column_definition,
    parse_default_value,
    parse_table_element,
)
from tools.sqlgen.syntax.parser.cursor import Parser
from tools.sqlgen.syntax.parser.datatypes import at_charset, parse_charset_clause, parse_charset_name
from tools.sqlgen.syntax.parser.table_options import VALUE_OPTIONS, TableOptions, parse_table_option
from tools.sqlgen.syntax.parser.windows import parse_order_item

_KEY_WORDS = frozenset({"PRIMARY", "UNIQUE", "FULLTEXT", "SPATIAL", "INDEX", "KEY"})
_PARTITION_VERBS = frozenset(
    {
        "ANALYZE", "CHECK", "COALESCE", "EXCHANGE", "OPTIMIZE", "REBUILD", "REMOVE", "REORGANIZE", "REPAIR",
        "TRUNCATE", "DISCARD", "IMPORT", "PARTITION",
    }
)  # fmt: skip
_PLAIN_VERBS = {
    "FORCE": (), "ENABLE": ("KEYS",), "DISABLE": ("KEYS",), "SECONDARY_LOAD": (), "SECONDARY_UNLOAD": (),
}  # fmt: skip


def parse_alter_table(p: Parser, start: int) -> AlterTable:
    """Parse the rest of a statement after ALTER [IGNORE] [ONLINE] TABLE."""
    if_exists = p.accept_words("IF", "EXISTS")
    table = p.table_name()
    actions: list[AlterAction] = []
    while p.token.kind != lexer.END and p.token.word != ";":
        actions.extend(_actions(p))
        if not p.accept(",") and not _at_more(p):
            break
    return AlterTable(start, p.previous_end, table, tuple(actions), if_exists)


def _at_more(p: Parser) -> bool:
    """Partitioning, and options after options, follow without a comma."""
    return p.token.kind == lexer.WORD and p.token.word in (
        _PARTITION_VERBS | VALUE_OPTIONS | {"COMMENT", "DEFAULT", "CHARACTER", "CHARSET", "COLLATE"}
    )


def _actions(p: Parser) -> "list[AlterAction]":
    start = p.token.start
    word = p.token.word
    rule = _ACTIONS.get(word)
    if rule is not None:
        return rule(p, start)
    options = TableOptions()
    if word in {"ALGORITHM", "LOCK"}:
        p.advance()
        p.accept("=")
        p.any_word(f"a kind of {word}")
    elif word in {"WITH", "WITHOUT"} and p.peek().word == "VALIDATION":
        p.advance()
        p.advance()
    elif word in _PLAIN_VERBS:
        p.advance()
        p.expect(*_PLAIN_VERBS[word])
    elif parse_table_option(p, options):
        while parse_table_option(p, options):
            pass
        if options.charset is not None or options.collation is not None:
            return [_default_charset(p, start, options)]
    elif word in _PARTITION_VERBS:
        _skip_rest(p)
    else:
        p.unexpected("an action such as ADD, DROP, MODIFY or RENAME")
    return [OtherAction(start, p.previous_end, word)]


def _default_charset(p: Parser, start: int, options: TableOptions) -> DefaultCharset:
    return DefaultCharset(start, p.previous_end, options.charset, options.collation)


def _skip_rest(p: Parser) -> None:
    while p.token.kind not in {lexer.END, lexer.ERROR} and p.token.word != ";":
        p.advance()


def _add_action(p: Parser, start: int) -> "list[AlterAction]":
    p.advance()
    word = p.token.word
    if word == "PARTITION":
        _skip_rest(p)
        return [OtherAction(start, p.previous_end, "ADD PARTITION")]
    if word == "SYSTEM" and p.peek().word == "VERSIONING":
        p.advance()
        p.advance()
        return [OtherAction(start, p.previous_end, "ADD SYSTEM VERSIONING")]
    if word in _KEY_WORDS or word in {"CONSTRAINT", "FOREIGN", "CHECK"} or p.at_words("PERIOD", "FOR"):
        element = parse_table_element(p)
        if element is None:
            return [OtherAction(start, p.previous_end, "ADD PERIOD")]
        return [_addition(p, start, element)]
    p.accept("COLUMN")
    if_not_exists = p.accept_words("IF", "NOT", "EXISTS")
    if p.token.word == "(":
        elements = p.parenthesised(parse_table_element)
        return [_addition(p, each.start, each) for each in elements if each is not None]
    column = parse_column_definition(p)
    first, after = _place(p)
    return [AddColumn(start, p.previous_end, column, first, after, if_not_exists)]


def _addition(p: Parser, start: int, element: "TableElement") -> AddColumn | AddConstraint:
    if isinstance(element, ColumnDef):
        return AddColumn(start, p.previous_end, element)
    return AddConstraint(start, p.previous_end, element)


def _place(p: Parser) -> tuple[bool, str | None]:
    if p.accept("FIRST"):
        return True, None
    if p.accept("AFTER"):
        return False, p.name("a column name")
    return False, None


def _modify_action(p: Parser, start: int) -> "list[AlterAction]":
    p.advance()
    p.accept("COLUMN")
    p.accept_words("IF", "EXISTS")
    column = parse_column_definition(p)
    first, after = _place(p)
    return [ChangeColumn(start, p.previous_end, column.name, column, first, after)]


def _change_action(p: Parser, start: int) -> "list[AlterAction]":
    p.advance()
    p.accept("COLUMN")
    p.accept_words("IF", "EXISTS")
    old = p.name("a column name")
    column = parse_column_definition(p)
    first, after = _place(p)
    return [ChangeColumn(start, p.previous_end, old, column, first, after)]


def _drop_action(p: Parser, start: int) -> "list[AlterAction]":
    p.advance()
    if p.accept_words("PRIMARY", "KEY"):
        return [DropKey(start, p.previous_end, "PRIMARY")]
    kind = _DROPPED_KEYS.get(p.token.word)
    if kind is not None:
        if p.advance().word == "FOREIGN":
            p.expect("KEY")
        p.accept_words("IF", "EXISTS")
        name = "PRIMARY" if p.accept("PRIMARY") else p.name("a key name")
        return [DropKey(start, p.previous_end, kind, name)]
    if p.accept_words("SYSTEM", "VERSIONING"):
        return [OtherAction(start, p.previous_end, "DROP SYSTEM VERSIONING")]
    if p.token.word == "PARTITION":
        _skip_rest(p)
        return [OtherAction(start, p.previous_end, "DROP PARTITION")]
    p.accept("COLUMN")
    if_exists = p.accept_words("IF", "EXISTS")
    name = p.name("a column name")
    p.accept_any("RESTRICT", "CASCADE")
    return [DropColumn(start, p.previous_end, name, if_exists)]


def _alter_action(p: Parser, start: int) -> "list[AlterAction]":
    p.advance()
    if p.accept_any("INDEX", "CHECK", "CONSTRAINT"):
        p.name("a key name")
        p.accept("NOT")
        if p.accept_any("VISIBLE", "INVISIBLE", "ENFORCED", "IGNORED") is None:
            p.unexpected("VISIBLE, INVISIBLE or ENFORCED")
        return [OtherAction(start, p.previous_end, "ALTER INDEX")]
    p.accept("COLUMN")
    name = p.name("a column name")
    if p.accept_words("DROP", "DEFAULT"):
        return [AlterDefault(start, p.previous_end, name, None)]
    p.expect("SET")
    if word := p.accept_any("VISIBLE", "INVISIBLE"):
        return [AlterVisibility(start, p.previous_end, name, word == "INVISIBLE")]
    p.expect("DEFAULT")
    value = parse_default_value(p)
    return [AlterDefault(start, p.previous_end, name, value)]


def _rename_action(p: Parser, start: int) -> "list[AlterAction]":
    p.advance()
    if p.accept("COLUMN"):
        old = p.name("a column name")
        p.expect("TO")
        new = p.name("a column name")
        return [RenameColumn(start, p.previous_end, old, new)]
    if p.accept_any("INDEX", "KEY"):
        old = p.name("a key name")
        p.expect("TO")
        new = p.name("a key name")
        return [RenameKey(start, p.previous_end, old, new)]
    p.accept_any("TO", "AS", "=")
    schema, name = p.qualified_name()
    return [RenameTo(start, p.previous_end, name, schema)]


def _convert_to_action(p: Parser, start: int) -> "list[AlterAction]":
    p.advance()
    if p.accept_words("PARTITION") or p.accept_words("TABLE"):
        _skip_rest(p)
        return [OtherAction(start, p.previous_end, "CONVERT PARTITION")]
    p.expect("TO")
    if not at_charset(p):
        p.unexpected("CHARACTER SET")
    charset = parse_charset_clause(p)
    collation = None
    if p.accept("COLLATE"):
        p.accept("=")
        collation = parse_charset_name(p)
    return [ConvertTo(start, p.previous_end, charset, collation)]


def _order_action(p: Parser, start: int) -> "list[AlterAction]":
    p.expect("ORDER", "BY")
    p.comma_list(parse_order_item)
    return [OtherAction(start, p.previous_end, "ORDER BY")]


_DROPPED_KEYS: dict[str, Literal["INDEX", "FOREIGN", "CHECK", "CONSTRAINT"]] = {
    "INDEX": "INDEX", "KEY": "INDEX", "FOREIGN": "FOREIGN", "CHECK": "CHECK", "CONSTRAINT": "CONSTRAINT",
}  # fmt: skip
_ACTIONS: "dict[str, Callable[[Parser, int], list[AlterAction]]]" = {
    "ADD": _add_action,
    "MODIFY": _modify_action,
    "CHANGE": _change_action,
    "DROP": _drop_action,
    "ALTER": _alter_action,
    "RENAME": _rename_action,
    "CONVERT": _convert_to_action,
    "ORDER": _order_action,
}
