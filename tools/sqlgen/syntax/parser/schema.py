"""DDL: CREATE, DROP, RENAME, USE. Statements that cannot change a type are skipped."""

from collections.abc import Callable

import msgspec

from tools.sqlgen.diagnostics import SqlError, nearest
from tools.sqlgen.syntax import lexer
from tools.sqlgen.syntax.ast import (
    CreateDatabase,
    CreateIndex,
    CreateSequence,
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
from tools.sqlgen.syntax.parser.alter import parse_alter_table
from tools.sqlgen.syntax.parser.columns import parse_table_element
from tools.sqlgen.syntax.parser.cursor import Parser
from tools.sqlgen.syntax.parser.keys import key_definition_of, parse_key_options, parse_key_part
from tools.sqlgen.syntax.parser.queries import at_query, parse_query_expression
from tools.sqlgen.syntax.parser.routines import (
    parse_create_function,
    parse_create_procedure,
    parse_drop_function,
    parse_drop_procedure,
    parse_execute,
    parse_prepare,
    parse_set_user_variables,
)
from tools.sqlgen.syntax.parser.statements import parse_call_statement
from tools.sqlgen.syntax.parser.table_options import TableOptions, parse_table_option

VERBS = frozenset({"CREATE", "ALTER", "DROP", "RENAME", "USE"})
RUNNERS = frozenset({"SET", "PREPARE", "EXECUTE", "CALL"})
"""First words of statements that may run DDL from a text or from a procedure."""
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
"""First words of statements that cannot change a type."""
_OTHER_OBJECTS = frozenset(
    {
        "AGGREGATE", "EVENT", "FUNCTION", "INSTANCE", "LIBRARY", "LOGFILE", "MASKING", "PACKAGE", "PREPARE",
        "PROCEDURE", "RESOURCE", "ROLE", "SEQUENCE", "SERVER", "SPATIAL", "TABLESPACE", "TRIGGER", "UNDO",
        "USER", "DATABASE", "SCHEMA",
    }
)  # fmt: skip
"""Objects that can be created, altered or dropped without a change of a type."""
_OBJECTS = ("TABLE", "VIEW", "INDEX", "DATABASE", "SCHEMA", *sorted(_OTHER_OBJECTS))
_VIEW_WORDS = frozenset({"ALGORITHM", "DEFINER", "SQL"})
_INDEX_WORDS = frozenset({"INDEX", "KEY", "UNIQUE", "FULLTEXT", "SPATIAL"})


def _skipped_statement(p: Parser) -> OtherStatement:
    """Anything that cannot change a type, unread to its end: the body of a trigger may hold any `;`."""
    first = p.token
    p.skip_to_end()
    return OtherStatement(first.start, p.previous_end, first.word)


def parse_schema_statement(p: Parser) -> "SchemaStatement":
    rule = _STATEMENTS.get(p.token.word)
    if rule is None:
        return _skipped_statement(p)
    return rule(p)


def _create_something(p: Parser) -> "SchemaStatement":
    start = p.token.start
    index = p.index
    p.advance()
    or_replace = p.accept_words("OR", "REPLACE")
    temporary = p.accept("TEMPORARY")
    p.accept_any("ONLINE", "OFFLINE")
    if p.accept("TABLE"):
        table = _create_table(p, start, temporary=temporary)
        return msgspec.structs.replace(table, or_replace=True) if or_replace else table
    if p.token.word in _INDEX_WORDS and p.peek().word != "REFERENCE":
        return _create_index(p, start)
    if p.accept_any("DATABASE", "SCHEMA"):
        return _create_database(p, start)
    _view_options(p)
    if p.accept("VIEW"):
        return _create_view(p, start, or_replace=or_replace)
    if p.token.word in {"FUNCTION", "AGGREGATE"} and (function := parse_create_function(p, start)):
        return function
    if p.token.word == "PROCEDURE":
        return parse_create_procedure(p, start)
    if p.accept("SEQUENCE"):
        p.accept_words("IF", "NOT", "EXISTS")
        schema, name = p.qualified_name("the name of a sequence")
        p.skip_to_end()
        return CreateSequence(start, p.previous_end, name, schema)
    return _other_object(p, index)


def _other_object(p: Parser, index: int) -> OtherStatement:
    """Skip the statement about a trigger, a user or a similar object; the statement began at `index`."""
    if p.token.word not in _OTHER_OBJECTS:
        near = nearest(p.token.word, _OBJECTS)
        p.unexpected("TABLE, VIEW, INDEX or DATABASE", f"did you mean {near}?" if near else None)
    p.index, p.token = index, p.tokens[index]
    return _skipped_statement(p)


def _alter_something(p: Parser) -> "SchemaStatement":
    start = p.token.start
    index = p.index
    p.advance()
    p.accept_any("IGNORE", "ONLINE", "OFFLINE")
    if p.accept("TABLE"):
        return parse_alter_table(p, start)
    _view_options(p)
    if p.accept("VIEW"):
        return _create_view(p, start, or_replace=True)
    return _other_object(p, index)


# --- CREATE ----------------------------------------------------------------------------------------------


def _create_table(p: Parser, start: int, *, temporary: bool) -> CreateTable:
    if_not_exists = p.accept_words("IF", "NOT", "EXISTS")
    schema, name = p.qualified_name()
    if p.accept("LIKE"):
        like = p.table_name()
        return CreateTable(
            start, p.previous_end, name, schema, if_not_exists, temporary, like=like
        )  # fmt: skip
    if p.at_words("(", "LIKE"):
        p.advance()
        p.advance()
        like = p.table_name()
        p.expect(")")
        return CreateTable(start, p.previous_end, name, schema, if_not_exists, temporary, like=like)
    elements: tuple[TableElement, ...] = ()
    begin = p.index
    if p.token.word == "(" and not at_query(p, p.index):
        found = p.parenthesised(parse_table_element)
        elements = tuple(element for element in found if element is not None)
    inside = {token.word for token in p.tokens[begin : p.index]}
    begin = p.index
    options = _table_options(p)
    words = {token.word for token in p.tokens[begin : p.index]}
    query = _created_from(p)
    if not elements and query is None:
        p.unexpected("the table's columns in parentheses, LIKE or a query")
    return CreateTable(
        start, p.previous_end, name, schema, if_not_exists, temporary, elements, None, query,
        options.comment, options.charset, options.collation, partitioned="PARTITION" in words,
        engine=options.engine,
        mariadb="PERIOD" in inside or "VERSIONING" in words,
        hidden_period="VERSIONING" in words and "SYSTEM_TIME" not in inside,
    )  # fmt: skip


def _table_options(p: Parser) -> TableOptions:
    options = TableOptions()
    while parse_table_option(p, options):
        p.accept(",")
    if p.token.word == "PARTITION":
        _skip_partitions(p)
    return options


def _skip_partitions(p: Parser) -> None:
    p.expect("PARTITION", "BY")
    while p.token.kind not in {lexer.END, lexer.ERROR} and p.token.word not in {
        ";", "AS", "SELECT", "IGNORE", "REPLACE", "WITH",
    }:  # fmt: skip
        if p.token.word == "(":
            p.skip_parenthesised()
        else:
            p.advance()


def _created_from(p: Parser) -> Query | None:
    p.accept_any("IGNORE", "REPLACE")
    if p.accept("AS") or p.token.word in {"SELECT", "WITH", "(", "VALUES", "TABLE"}:
        return parse_query_expression(p)
    return None


def _create_index(p: Parser, start: int) -> CreateIndex:
    begin = p.token.start
    kind = "INDEX"
    if p.token.word not in {"INDEX", "KEY"}:
        kind = p.advance().word
    if p.accept_any("INDEX", "KEY") is None:
        p.unexpected("INDEX")
    p.accept_words("IF", "NOT", "EXISTS")
    name = p.name("a key name")
    parse_key_options(p)
    p.expect("ON")
    table = p.table_name()
    parts = p.parenthesised(parse_key_part)
    parse_key_options(p)
    while p.token.word in {"ALGORITHM", "LOCK"}:
        p.advance()
        p.accept("=")
        p.any_word("ALGORITHM's or LOCK's value")
    key: KeyDef = key_definition_of(p, begin, kind, name, parts)
    return CreateIndex(start, p.previous_end, table, key)


def _create_database(p: Parser, start: int) -> CreateDatabase:
    p.accept_words("IF", "NOT", "EXISTS")
    name = p.name("the name of a database")
    options = TableOptions()
    while parse_table_option(p, options):
        pass
    return CreateDatabase(start, p.previous_end, name)


def _view_options(p: Parser) -> None:
    while p.token.word in _VIEW_WORDS:
        word = p.advance().word
        if word == "SQL":
            p.expect("SECURITY")
            p.any_word("DEFINER or INVOKER")
            continue
        p.expect("=")
        if word == "DEFINER":
            _account(p)
        elif p.accept_any("UNDEFINED", "MERGE", "TEMPTABLE") is None:
            p.unexpected("UNDEFINED, MERGE or TEMPTABLE")


def _account(p: Parser) -> None:
    """user, user@host, CURRENT_USER or CURRENT_USER()"""
    if p.accept_any("CURRENT_USER", "CURRENT_ROLE"):
        if p.accept("("):
            p.expect(")")
        return
    if p.token.kind == lexer.STRING:
        p.advance()
    else:
        p.name("an account")
    if p.token.kind == lexer.USER_VARIABLE:
        p.advance()
    elif p.accept("@") and p.token.kind != lexer.STRING:
        p.name("a host")


def _create_view(p: Parser, start: int, *, or_replace: bool) -> CreateView:
    if_not_exists = p.accept_words("IF", "NOT", "EXISTS")
    schema, name = p.qualified_name("the name of a view")
    columns = p.names() if p.token.word == "(" else ()
    p.expect("AS")
    query = parse_query_expression(p)
    if p.accept("WITH"):
        p.accept_any("CASCADED", "LOCAL")
        p.expect("CHECK", "OPTION")
    return CreateView(start, p.previous_end, name, query, schema, or_replace, if_not_exists, columns)


# --- DROP, RENAME, USE -----------------------------------------------------------------------------------


def _drop_something(p: Parser) -> "SchemaStatement":
    start = p.token.start
    index = p.index
    p.advance()
    p.accept("TEMPORARY")
    word = p.accept_any("TABLE", "TABLES", "VIEW", "DATABASE", "SCHEMA", "INDEX")
    if word == "INDEX":
        return _drop_index(p, start)
    if word in {"DATABASE", "SCHEMA"}:
        p.accept_words("IF", "EXISTS")
        name = p.name("the name of a database")
        return DropDatabase(start, p.previous_end, name)
    if p.token.word == "FUNCTION":
        return parse_drop_function(p, start)
    if p.token.word == "PROCEDURE":
        return parse_drop_procedure(p, start)
    if word is None:
        return _other_object(p, index)
    if_exists = p.accept_words("IF", "EXISTS")
    tables = p.comma_list(Parser.table_name)
    p.accept_any("RESTRICT", "CASCADE")
    if word == "VIEW":
        return DropView(start, p.previous_end, tables, if_exists)
    return DropTable(start, p.previous_end, tables, if_exists)


def _drop_index(p: Parser, start: int) -> DropIndex:
    p.accept_words("IF", "EXISTS")
    name = "PRIMARY" if p.accept("PRIMARY") else p.name("a key name")
    p.expect("ON")
    table = p.table_name()
    while p.token.word in {"ALGORITHM", "LOCK"}:
        p.advance()
        p.accept("=")
        p.any_word("ALGORITHM's or LOCK's value")
    return DropIndex(start, p.previous_end, table, name)


def _rename_tables(p: Parser) -> "SchemaStatement":
    start = p.token.start
    if p.peek().word not in {"TABLE", "TABLES"}:
        return _skipped_statement(p)
    p.advance()
    p.advance()
    p.accept_words("IF", "EXISTS")
    renames = p.comma_list(_one_rename)
    return RenameTable(start, p.previous_end, renames)


def _one_rename(p: Parser) -> tuple[TableName, TableName]:
    old = p.table_name()
    p.expect("TO")
    return old, p.table_name()


def _use(p: Parser) -> UseDatabase:
    start = p.advance().start
    name = p.name("the name of a database")
    return UseDatabase(start, p.previous_end, name)


def parse_runner(p: Parser) -> "SchemaStatement":
    """Parse a statement that begins with one of RUNNERS; an unreadable one becomes an OtherStatement."""
    index, first = p.index, p.token
    try:
        if first.word == "CALL":
            return parse_call_statement(p)
        p.advance()
        if first.word == "PREPARE":
            return parse_prepare(p, first.start)
        if first.word == "EXECUTE":
            return parse_execute(p, first.start)
        if p.token.kind == lexer.USER_VARIABLE:
            return parse_set_user_variables(p, first.start)
    except SqlError:
        pass  # the server refuses it too; it changes no type
    p.index, p.token = index, first
    return _skipped_statement(p)


_STATEMENTS: "dict[str, Callable[[Parser], SchemaStatement]]" = {
    "CREATE": _create_something,
    "ALTER": _alter_something,
    "DROP": _drop_something,
    "RENAME": _rename_tables,
    "USE": _use,
}
