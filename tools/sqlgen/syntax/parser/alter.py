"""ALTER TABLE, and the table options that it shares with CREATE TABLE."""

from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from tools.sqlgen.syntax import lexer
from tools.sqlgen.syntax.ast import (
    AddColumn,
    AddConstraint,
    AlterAction,
    AlterDefault,
    AlterTable,
    ChangeColumn,
    ColumnDef,
    ConvertTo,
    DropColumn,
    DropKey,
    OtherAction,
    RenameColumn,
    RenameKey,
    RenameTo,
    TableElement,
)
from tools.sqlgen.syntax.parser.columns import ColumnParser

_KEY_WORDS = frozenset({"PRIMARY", "UNIQUE", "FULLTEXT", "SPATIAL", "INDEX", "KEY"})
_VALUE_OPTIONS = frozenset(
    {
        "AUTOEXTEND_SIZE", "AUTO_INCREMENT", "AVG_ROW_LENGTH", "CHECKSUM", "COMPRESSION", "CONNECTION",
        "DELAY_KEY_WRITE", "ENCRYPTION", "ENGINE", "ENGINE_ATTRIBUTE", "INSERT_METHOD", "KEY_BLOCK_SIZE",
        "MAX_ROWS", "MIN_ROWS", "PACK_KEYS", "PAGE_CHECKSUM", "PAGE_COMPRESSED", "PAGE_COMPRESSION_LEVEL",
        "PASSWORD", "ROW_FORMAT", "SECONDARY_ENGINE", "SECONDARY_ENGINE_ATTRIBUTE", "STATS_AUTO_RECALC",
        "STATS_PERSISTENT", "STATS_SAMPLE_PAGES", "TABLESPACE", "TABLE_CHECKSUM", "TRANSACTIONAL", "TYPE",
        "ENCRYPTED", "ENCRYPTION_KEY_ID", "IETF_QUOTES", "SEQUENCE",
    }
)  # fmt: skip
_PARTITION_VERBS = frozenset(
    {
        "ANALYZE", "CHECK", "COALESCE", "EXCHANGE", "OPTIMIZE", "REBUILD", "REMOVE", "REORGANIZE", "REPAIR",
        "TRUNCATE", "DISCARD", "IMPORT", "PARTITION",
    }
)  # fmt: skip
_PLAIN_VERBS = {
    "FORCE": (), "ENABLE": ("KEYS",), "DISABLE": ("KEYS",), "SECONDARY_LOAD": (), "SECONDARY_UNLOAD": (),
}  # fmt: skip


class TableOptions(Struct):
    """What is kept of a table's options."""

    comment: str | None = None
    charset: str | None = None
    collation: str | None = None


class AlterParser(ColumnParser):
    """Reads ALTER TABLE."""

    def table_option(self, found: TableOptions) -> bool:
        """Reads one option such as ENGINE=InnoDB into `found`; False when none is next."""
        word = self.token.word
        if word == "DEFAULT" and (
            self.peek().word in {"CHARSET", "CHARACTER", "CHAR", "COLLATE", "ENCRYPTION"}
        ):
            self.advance()
            word = self.token.word
        if self.at_charset():
            found.charset = self.charset_clause()
        elif word == "COLLATE":
            self.advance()
            self.accept("=")
            found.collation = self.charset_name()
        elif word == "COMMENT":
            self.advance()
            self.accept("=")
            found.comment = self.string_literal().value
        elif word in {"DATA", "INDEX"} and self.peek().word == "DIRECTORY":
            self.advance()
            self._option_value()
        elif word == "UNION":
            self.advance()
            self.accept("=")
            self.skip_parenthesised()
        elif word in _VALUE_OPTIONS:
            self._option_value()
        elif self.at_name() and self.peek().word == "=":
            # MariaDB's engines have options of their own.
            self._option_value()
        else:
            return self._worded_option()
        return True

    def _option_value(self) -> None:
        storage = self.advance().word == "TABLESPACE"
        self.accept("=")
        if self.token.kind == lexer.OPERATOR:
            self.accept("-")
        if self.token.kind in {lexer.END, lexer.OPERATOR, lexer.ERROR}:
            self.unexpected("the option's value")
        self.advance()
        if storage and self.accept("STORAGE"):
            self.name("DISK or MEMORY")

    def _worded_option(self) -> bool:
        if self.accept_words("WITH", "SYSTEM", "VERSIONING") or self.accept_words("START", "TRANSACTION"):
            return True
        if self.token.word == "STORAGE":
            self.advance()
            self.name("DISK or MEMORY")
            return True
        return False

    # --- ALTER TABLE ---------------------------------------------------------------------------------

    def alter_table(self, start: int) -> AlterTable:
        """What follows ALTER [IGNORE] [ONLINE] TABLE."""
        self.accept_words("IF", "EXISTS")
        table = self.table_name()
        actions: list[AlterAction] = []
        while self.token.kind != lexer.END and self.token.word != ";":
            actions.extend(self._actions())
            if not self.accept(",") and not self._at_more():
                break
        return AlterTable(start, self.previous_end, table, tuple(actions))

    def _at_more(self) -> bool:
        """Partitioning, and options after options, follow without a comma."""
        return self.token.kind == lexer.WORD and self.token.word in (
            _PARTITION_VERBS | _VALUE_OPTIONS | {"COMMENT", "DEFAULT", "CHARACTER", "CHARSET", "COLLATE"}
        )

    def _actions(self) -> "list[AlterAction]":
        start = self.token.start
        word = self.token.word
        rule = _ACTIONS.get(word)
        if rule is not None:
            return rule(self, start)
        options = TableOptions()
        if word in {"ALGORITHM", "LOCK"}:
            self.advance()
            self.accept("=")
            self.any_word(f"a kind of {word}")
        elif word in {"WITH", "WITHOUT"} and self.peek().word == "VALIDATION":
            self.advance()
            self.advance()
        elif word in _PLAIN_VERBS:
            self.advance()
            self.expect(*_PLAIN_VERBS[word])
        elif self.table_option(options):
            while self.table_option(options):
                pass
            if options.charset is not None or options.collation is not None:
                return [self._default_charset(start, options)]
        elif word in _PARTITION_VERBS:
            self._skip_rest()
        else:
            self.unexpected("an action such as ADD, DROP, MODIFY or RENAME")
        return [OtherAction(start, self.previous_end, word)]

    def _default_charset(self, start: int, options: TableOptions) -> OtherAction:
        """A new default for columns to come; those that are there keep theirs."""
        name = options.charset or (options.collation or "").partition("_")[0]
        return OtherAction(start, self.previous_end, f"CHARSET {name}")

    def _skip_rest(self) -> None:
        while self.token.kind not in {lexer.END, lexer.ERROR} and self.token.word != ";":
            self.advance()

    def add_action(self, start: int) -> "list[AlterAction]":
        self.advance()
        word = self.token.word
        if word == "PARTITION":
            self._skip_rest()
            return [OtherAction(start, self.previous_end, "ADD PARTITION")]
        if word == "SYSTEM" and self.peek().word == "VERSIONING":
            self.advance()
            self.advance()
            return [OtherAction(start, self.previous_end, "ADD SYSTEM VERSIONING")]
        if word in _KEY_WORDS or word in {"CONSTRAINT", "FOREIGN", "CHECK"} or self.at_words("PERIOD", "FOR"):
            element = self.table_element()
            if element is None:
                return [OtherAction(start, self.previous_end, "ADD PERIOD")]
            return [self._addition(start, element)]
        self.accept("COLUMN")
        if_not_exists = self.accept_words("IF", "NOT", "EXISTS")
        if self.token.word == "(":
            elements = self.parenthesised(self.table_element)
            return [self._addition(each.start, each) for each in elements if each is not None]
        column = self.column_definition()
        first, after = self._place()
        return [AddColumn(start, self.previous_end, column, first, after, if_not_exists)]

    def _addition(self, start: int, element: "TableElement") -> AddColumn | AddConstraint:
        if isinstance(element, ColumnDef):
            return AddColumn(start, self.previous_end, element)
        return AddConstraint(start, self.previous_end, element)

    def _place(self) -> tuple[bool, str | None]:
        if self.accept("FIRST"):
            return True, None
        if self.accept("AFTER"):
            return False, self.name("a column name")
        return False, None

    def modify_action(self, start: int) -> "list[AlterAction]":
        self.advance()
        self.accept("COLUMN")
        self.accept_words("IF", "EXISTS")
        column = self.column_definition()
        first, after = self._place()
        return [ChangeColumn(start, self.previous_end, column.name, column, first, after)]

    def change_action(self, start: int) -> "list[AlterAction]":
        self.advance()
        self.accept("COLUMN")
        self.accept_words("IF", "EXISTS")
        old = self.name("a column name")
        column = self.column_definition()
        first, after = self._place()
        return [ChangeColumn(start, self.previous_end, old, column, first, after)]

    def drop_action(self, start: int) -> "list[AlterAction]":
        self.advance()
        if self.accept_words("PRIMARY", "KEY"):
            return [DropKey(start, self.previous_end, "PRIMARY")]
        kind = _DROPPED_KEYS.get(self.token.word)
        if kind is not None:
            if self.advance().word == "FOREIGN":
                self.expect("KEY")
            self.accept_words("IF", "EXISTS")
            name = "PRIMARY" if self.accept("PRIMARY") else self.name("a key name")
            return [DropKey(start, self.previous_end, kind, name)]
        if self.token.word == "PARTITION" or self.at_words("SYSTEM", "VERSIONING"):
            self._skip_rest()
            return [OtherAction(start, self.previous_end, "DROP PARTITION")]
        self.accept("COLUMN")
        if_exists = self.accept_words("IF", "EXISTS")
        name = self.name("a column name")
        self.accept_any("RESTRICT", "CASCADE")
        return [DropColumn(start, self.previous_end, name, if_exists)]

    def alter_action(self, start: int) -> "list[AlterAction]":
        self.advance()
        if self.accept_any("INDEX", "CHECK", "CONSTRAINT"):
            self.name("a key name")
            self.accept("NOT")
            if self.accept_any("VISIBLE", "INVISIBLE", "ENFORCED", "IGNORED") is None:
                self.unexpected("VISIBLE, INVISIBLE or ENFORCED")
            return [OtherAction(start, self.previous_end, "ALTER INDEX")]
        self.accept("COLUMN")
        name = self.name("a column name")
        if self.accept_words("DROP", "DEFAULT"):
            return [AlterDefault(start, self.previous_end, name, None)]
        self.expect("SET")
        if self.accept_any("VISIBLE", "INVISIBLE"):
            return [OtherAction(start, self.previous_end, "ALTER COLUMN")]
        self.expect("DEFAULT")
        value = self.default_value()
        return [AlterDefault(start, self.previous_end, name, value)]

    def rename_action(self, start: int) -> "list[AlterAction]":
        self.advance()
        if self.accept("COLUMN"):
            old = self.name("a column name")
            self.expect("TO")
            new = self.name("a column name")
            return [RenameColumn(start, self.previous_end, old, new)]
        if self.accept_any("INDEX", "KEY"):
            old = self.name("a key name")
            self.expect("TO")
            new = self.name("a key name")
            return [RenameKey(start, self.previous_end, old, new)]
        self.accept_any("TO", "AS", "=")
        schema, name = self.qualified_name()
        return [RenameTo(start, self.previous_end, name, schema)]

    def convert_to_action(self, start: int) -> "list[AlterAction]":
        self.advance()
        if self.accept_words("PARTITION") or self.accept_words("TABLE"):
            self._skip_rest()
            return [OtherAction(start, self.previous_end, "CONVERT PARTITION")]
        self.expect("TO")
        if not self.at_charset():
            self.unexpected("CHARACTER SET")
        charset = self.charset_clause()
        collation = None
        if self.accept("COLLATE"):
            self.accept("=")
            collation = self.charset_name()
        return [ConvertTo(start, self.previous_end, charset, collation)]

    def order_action(self, start: int) -> "list[AlterAction]":
        self.expect("ORDER", "BY")
        self.comma_list(self.order_item)
        return [OtherAction(start, self.previous_end, "ORDER BY")]


_DROPPED_KEYS: dict[str, Literal["INDEX", "FOREIGN", "CHECK", "CONSTRAINT"]] = {
    "INDEX": "INDEX", "KEY": "INDEX", "FOREIGN": "FOREIGN", "CHECK": "CHECK", "CONSTRAINT": "CONSTRAINT",
}  # fmt: skip
_ACTIONS: "dict[str, Callable[[AlterParser, int], list[AlterAction]]]" = {
    "ADD": AlterParser.add_action,
    "MODIFY": AlterParser.modify_action,
    "CHANGE": AlterParser.change_action,
    "DROP": AlterParser.drop_action,
    "ALTER": AlterParser.alter_action,
    "RENAME": AlterParser.rename_action,
    "CONVERT": AlterParser.convert_to_action,
    "ORDER": AlterParser.order_action,
}
