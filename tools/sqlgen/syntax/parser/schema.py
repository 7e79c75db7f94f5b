"""DDL: CREATE, DROP, RENAME, USE; whatever cannot change a type is passed over unread."""

from collections.abc import Callable
from difflib import get_close_matches

import msgspec

from tools.sqlgen.syntax import lexer
from tools.sqlgen.syntax.ast import (
    CreateDatabase,
    CreateIndex,
    CreateTable,
    CreateView,
    DropDatabase,
    DropIndex,
    DropTable,
    DropView,
    KeyDef,
    OtherStatement,
    Query,
    RenameTable,
    SchemaStatement,
    TableElement,
    TableName,
    UseDatabase,
)
from tools.sqlgen.syntax.parser.alter import TableOptions
from tools.sqlgen.syntax.parser.routines import RoutineParser

VERBS = frozenset({"CREATE", "ALTER", "DROP", "RENAME", "USE"})
PASSED_OVER = frozenset(
    {
        "ANALYZE", "BEGIN", "BINLOG", "CACHE", "CALL", "CHANGE", "CHECK", "CHECKSUM", "CLONE", "COMMIT",
        "DEALLOCATE", "DELETE", "DESC", "DESCRIBE", "DO", "END", "EXECUTE", "EXPLAIN", "FLUSH", "GET",
        "GRANT", "HANDLER", "HELP", "IF", "IMPORT", "INSERT", "INSTALL", "KILL", "LOAD", "LOCK", "OPTIMIZE",
        "PREPARE", "PURGE", "RELEASE", "REPAIR", "REPLACE", "RESET", "RESTART", "REVOKE", "ROLLBACK",
        "SAVEPOINT", "SELECT", "SET", "SHOW", "SHUTDOWN", "SIGNAL", "SOURCE", "START", "STOP", "TABLE",
        "TRUNCATE", "UNINSTALL", "UNLOCK", "UPDATE", "VALUES", "WITH", "XA", "(", "",
    }
)  # fmt: skip
"""How a statement begins that cannot change a type."""
_OTHER_OBJECTS = frozenset(
    {
        "AGGREGATE", "EVENT", "FUNCTION", "INSTANCE", "LIBRARY", "LOGFILE", "MASKING", "PACKAGE", "PREPARE",
        "PROCEDURE", "RESOURCE", "ROLE", "SEQUENCE", "SERVER", "SPATIAL", "TABLESPACE", "TRIGGER", "UNDO",
        "USER", "DATABASE", "SCHEMA",
    }
)  # fmt: skip
"""What can be created, altered or dropped without a change to any type."""
_OBJECTS = ("TABLE", "VIEW", "INDEX", "DATABASE", "SCHEMA", *sorted(_OTHER_OBJECTS))
_VIEW_WORDS = frozenset({"ALGORITHM", "DEFINER", "SQL"})
_INDEX_WORDS = frozenset({"INDEX", "KEY", "UNIQUE", "FULLTEXT", "SPATIAL"})


class SchemaParser(RoutineParser):
    """Reads one statement of a schema."""

    def other_statement(self) -> OtherStatement:
        """Anything that cannot change a type, unread to its end: the body of a trigger may hold any `;`."""
        first = self.token
        self.index = len(self.tokens) - 1
        self.token = self.tokens[self.index]
        self.previous_end = self.token.end
        return OtherStatement(first.start, self.previous_end, first.word)

    def schema_statement(self) -> "SchemaStatement":
        rule = _STATEMENTS.get(self.token.word)
        if rule is None:
            return self.other_statement()
        return rule(self)

    def create_something(self) -> "SchemaStatement":
        start = self.token.start
        index = self.index
        self.advance()
        or_replace = self.accept_words("OR", "REPLACE")
        temporary = self.accept("TEMPORARY")
        self.accept_any("ONLINE", "OFFLINE")
        if self.accept("TABLE"):
            table = self._create_table(start, temporary=temporary)
            return msgspec.structs.replace(table, or_replace=True) if or_replace else table
        if self.token.word in _INDEX_WORDS and self.peek().word != "REFERENCE":
            return self._create_index(start)
        if self.accept_any("DATABASE", "SCHEMA"):
            return self._create_database(start)
        self._view_options()
        if self.accept("VIEW"):
            return self._create_view(start, or_replace=or_replace)
        if self.token.word in {"FUNCTION", "AGGREGATE"} and (function := self.create_function(start)):
            return function
        return self._other_object(index)

    def _other_object(self, index: int) -> OtherStatement:
        """A trigger, user, ... at hand; the statement began at `index`."""
        if self.token.word not in _OTHER_OBJECTS:
            near = get_close_matches(self.token.word, _OBJECTS, 1)
            self.unexpected("TABLE, VIEW, INDEX or DATABASE", f"did you mean {near[0]}?" if near else None)
        self.index, self.token = index, self.tokens[index]
        return self.other_statement()

    def alter_something(self) -> "SchemaStatement":
        start = self.token.start
        index = self.index
        self.advance()
        self.accept_any("IGNORE", "ONLINE", "OFFLINE")
        if self.accept("TABLE"):
            return self.alter_table(start)
        self._view_options()
        if self.accept("VIEW"):
            return self._create_view(start, or_replace=True)
        return self._other_object(index)

    # --- CREATE ----------------------------------------------------------------------------------

    def _create_table(self, start: int, *, temporary: bool) -> CreateTable:
        if_not_exists = self.accept_words("IF", "NOT", "EXISTS")
        schema, name = self.qualified_name()
        if self.accept("LIKE"):
            like = self.table_name()
            return CreateTable(
                start, self.previous_end, name, schema, if_not_exists, temporary, like=like
            )  # fmt: skip
        if self.at_words("(", "LIKE"):
            self.advance()
            self.advance()
            like = self.table_name()
            self.expect(")")
            return CreateTable(start, self.previous_end, name, schema, if_not_exists, temporary, like=like)
        elements: tuple[TableElement, ...] = ()
        if self.token.word == "(" and not self.at_query(self.index):
            found = self.parenthesised(self.table_element)
            elements = tuple(element for element in found if element is not None)
        options = self._table_options()
        query = self._created_from()
        if not elements and query is None:
            self.unexpected("the table's columns in parentheses, LIKE or a query")
        return CreateTable(
            start, self.previous_end, name, schema, if_not_exists, temporary, elements, None, query,
            options.comment, options.charset, options.collation,
        )  # fmt: skip

    def _table_options(self) -> TableOptions:
        options = TableOptions()
        while self.table_option(options):
            self.accept(",")
        if self.token.word == "PARTITION":
            self._skip_partitions()
        return options

    def _skip_partitions(self) -> None:
        self.expect("PARTITION", "BY")
        while self.token.kind not in {lexer.END, lexer.ERROR} and self.token.word not in {
            ";", "AS", "SELECT", "IGNORE", "REPLACE", "WITH",
        }:  # fmt: skip
            if self.token.word == "(":
                self.skip_parenthesised()
            else:
                self.advance()

    def _created_from(self) -> Query | None:
        self.accept_any("IGNORE", "REPLACE")
        if self.accept("AS") or self.token.word in {"SELECT", "WITH", "(", "VALUES", "TABLE"}:
            return self.query()
        return None

    def _create_index(self, start: int) -> CreateIndex:
        begin = self.token.start
        kind = "INDEX"
        if self.token.word not in {"INDEX", "KEY"}:
            kind = self.advance().word
        if self.accept_any("INDEX", "KEY") is None:
            self.unexpected("INDEX")
        self.accept_words("IF", "NOT", "EXISTS")
        name = self.name("a key name")
        self.key_options()
        self.expect("ON")
        table = self.table_name()
        parts = self.parenthesised(self.key_part)
        self.key_options()
        while self.token.word in {"ALGORITHM", "LOCK"}:
            self.advance()
            self.accept("=")
            self.any_word("ALGORITHM's or LOCK's value")
        key: KeyDef = self.key(begin, kind, name, parts)
        return CreateIndex(start, self.previous_end, table, key)

    def _create_database(self, start: int) -> CreateDatabase:
        self.accept_words("IF", "NOT", "EXISTS")
        name = self.name("the name of a database")
        options = TableOptions()
        while self.table_option(options):
            pass
        return CreateDatabase(start, self.previous_end, name)

    def _view_options(self) -> None:
        while self.token.word in _VIEW_WORDS:
            word = self.advance().word
            if word == "SQL":
                self.expect("SECURITY")
                self.any_word("DEFINER or INVOKER")
                continue
            self.expect("=")
            if word == "DEFINER":
                self._account()
            elif self.accept_any("UNDEFINED", "MERGE", "TEMPTABLE") is None:
                self.unexpected("UNDEFINED, MERGE or TEMPTABLE")

    def _account(self) -> None:
        """user, user@host, CURRENT_USER or CURRENT_USER()"""
        if self.accept_any("CURRENT_USER", "CURRENT_ROLE"):
            if self.accept("("):
                self.expect(")")
            return
        if self.token.kind == lexer.STRING:
            self.advance()
        else:
            self.name("an account")
        if self.token.kind == lexer.USER_VARIABLE:
            self.advance()
        elif self.accept("@") and self.token.kind != lexer.STRING:
            self.name("a host")

    def _create_view(self, start: int, *, or_replace: bool) -> CreateView:
        if_not_exists = self.accept_words("IF", "NOT", "EXISTS")
        schema, name = self.qualified_name("the name of a view")
        columns = self.names() if self.token.word == "(" else ()
        self.expect("AS")
        query = self.query()
        if self.accept("WITH"):
            self.accept_any("CASCADED", "LOCAL")
            self.expect("CHECK", "OPTION")
        return CreateView(start, self.previous_end, name, query, schema, or_replace, if_not_exists, columns)

    # --- DROP, RENAME, USE --------------------------------------------------------------------------

    def drop_something(self) -> "SchemaStatement":
        start = self.token.start
        index = self.index
        self.advance()
        self.accept("TEMPORARY")
        word = self.accept_any("TABLE", "TABLES", "VIEW", "DATABASE", "SCHEMA", "INDEX")
        if word == "INDEX":
            return self._drop_index(start)
        if word in {"DATABASE", "SCHEMA"}:
            self.accept_words("IF", "EXISTS")
            name = self.name("the name of a database")
            return DropDatabase(start, self.previous_end, name)
        if self.token.word == "FUNCTION":
            return self.drop_function(start)
        if word is None:
            return self._other_object(index)
        if_exists = self.accept_words("IF", "EXISTS")
        tables = self.comma_list(self.table_name)
        self.accept_any("RESTRICT", "CASCADE")
        if word == "VIEW":
            return DropView(start, self.previous_end, tables, if_exists)
        return DropTable(start, self.previous_end, tables, if_exists)

    def _drop_index(self, start: int) -> DropIndex:
        self.accept_words("IF", "EXISTS")
        name = "PRIMARY" if self.accept("PRIMARY") else self.name("a key name")
        self.expect("ON")
        table = self.table_name()
        while self.token.word in {"ALGORITHM", "LOCK"}:
            self.advance()
            self.accept("=")
            self.any_word("ALGORITHM's or LOCK's value")
        return DropIndex(start, self.previous_end, table, name)

    def rename_tables(self) -> "SchemaStatement":
        start = self.token.start
        if self.peek().word not in {"TABLE", "TABLES"}:
            return self.other_statement()
        self.advance()
        self.advance()
        self.accept_words("IF", "EXISTS")
        renames = self.comma_list(self._one_rename)
        return RenameTable(start, self.previous_end, renames)

    def _one_rename(self) -> tuple[TableName, TableName]:
        old = self.table_name()
        self.expect("TO")
        return old, self.table_name()

    def use(self) -> UseDatabase:
        start = self.advance().start
        name = self.name("the name of a database")
        return UseDatabase(start, self.previous_end, name)


_STATEMENTS: "dict[str, Callable[[SchemaParser], SchemaStatement]]" = {
    "CREATE": SchemaParser.create_something,
    "ALTER": SchemaParser.alter_something,
    "DROP": SchemaParser.drop_something,
    "RENAME": SchemaParser.rename_tables,
    "USE": SchemaParser.use,
}
