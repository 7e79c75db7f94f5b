"""Statements that change data, and the statements that a query file may hold at all."""

from collections.abc import Callable

import msgspec

from tools.sqlgen.syntax import lexer
from tools.sqlgen.syntax.ast import (
    CallProcedure,
    ColumnRef,
    Delete,
    Expr,
    Limit,
    OrderItem,
    OtherStatement,
    QueryStatement,
    SetVariables,
    TableName,
    Truncate,
    Update,
    With,
)
from tools.sqlgen.syntax.lexer import Token
from tools.sqlgen.syntax.parser.cursor import Parser
from tools.sqlgen.syntax.parser.expressions import parse_expression
from tools.sqlgen.syntax.parser.insert import parse_assignment, parse_insert, parse_returning
from tools.sqlgen.syntax.parser.queries import (
    parse_limit_clause,
    parse_query_statement,
    parse_with_clause,
)
from tools.sqlgen.syntax.parser.tables import (
    parse_partition_clause,
    parse_portion,
    parse_table_alias,
    parse_table_references,
)
from tools.sqlgen.syntax.parser.windows import parse_expression_list, parse_order_items

_SCOPES = frozenset({"GLOBAL", "SESSION", "LOCAL", "PERSIST", "PERSIST_ONLY"})
_SET_OTHERWISE = frozenset(
    {"NAMES", "CHARACTER", "CHARSET", "CHAR", "PASSWORD", "ROLE", "DEFAULT", "RESOURCE"}
)


def parse_statement(p: Parser) -> "QueryStatement":
    rule = _STATEMENTS.get(p.token.word)
    if rule is not None:
        return rule(p)
    if p.token.kind != lexer.WORD:
        p.unexpected("a statement such as SELECT, INSERT, UPDATE or DELETE")
    return _other_statement(p)


def _other_statement(p: Parser) -> OtherStatement:
    """Anything else, unread."""
    first = p.token
    while p.token.kind not in {lexer.END, lexer.ERROR} and p.token.word != ";":
        p.advance()
    return OtherStatement(first.start, p.previous_end, first.word)


def _with_statement(p: Parser) -> "QueryStatement":
    """Parse WITH before SELECT, UPDATE or DELETE; the word after the last common table decides."""
    index = p.index
    with_ = parse_with_clause(p)
    if p.token.word == "UPDATE":
        return _update_statement(p, with_)
    if p.token.word == "DELETE":
        return _delete_statement(p, with_)
    _go_back(p, index)
    return parse_query_statement(p)


def _go_back(p: Parser, index: int) -> None:
    p.index = index
    p.token = p.tokens[index]


# --- UPDATE and DELETE -----------------------------------------------------------------------------------


def _update_statement(p: Parser, with_: With | None = None) -> Update:
    start = with_.start if with_ else p.token.start
    p.advance()
    p.accept("LOW_PRIORITY")
    ignore = p.accept("IGNORE")
    table = parse_table_references(p)
    portion = parse_portion(p)
    if portion and isinstance(table, TableName):
        table = msgspec.structs.replace(table, system_time=portion)
    p.expect("SET")
    assignments = p.comma_list(parse_assignment)
    where = parse_expression(p) if p.accept("WHERE") else None
    order_by, limit = _order_and_limit(p, single=isinstance(table, TableName))
    if p.token.word == "RETURNING":
        p.fail("UPDATE takes no RETURNING", hint="read the rows with a SELECT")
    return Update(start, p.previous_end, table, assignments, where, order_by, limit, with_, ignore)


def _order_and_limit(p: Parser, *, single: bool) -> tuple[tuple[OrderItem, ...], Limit | None]:
    if p.token.word in {"ORDER", "LIMIT"} and not single:
        p.fail(f"{p.token.word} is not allowed in a statement that changes several tables")
    order_by = parse_order_items(p) if p.accept_words("ORDER", "BY") else ()
    limit = parse_limit_clause(p)
    if limit is not None and limit.offset is not None:
        p.fail("LIMIT takes no offset in UPDATE and DELETE", Token(0, "", limit.start, limit.end))
    return order_by, limit


def _delete_statement(p: Parser, with_: With | None = None) -> Delete:
    start = with_.start if with_ else p.token.start
    p.advance()
    while p.accept_any("LOW_PRIORITY", "QUICK", "IGNORE"):
        pass
    if not p.accept("FROM"):
        targets = p.comma_list(_delete_target)
        p.expect("FROM")
        return _multi_delete(p, start, targets, with_)
    if _at_delete_targets(p):
        targets = p.comma_list(_delete_target)
        p.expect("USING")
        return _multi_delete(p, start, targets, with_)
    begin = p.token.start
    schema, name = p.qualified_name()
    portion = parse_portion(p)
    alias = parse_table_alias(p)
    partitions = parse_partition_clause(p)
    table = TableName(begin, p.previous_end, name, schema, alias, partitions=partitions, system_time=portion)
    where = parse_expression(p) if p.accept("WHERE") else None
    order_by, limit = _order_and_limit(p, single=True)
    returning = parse_returning(p)
    return Delete(start, p.previous_end, table, (), where, order_by, limit, with_, returning)


def _at_delete_targets(p: Parser) -> bool:
    """True for DELETE FROM a, b USING ..., false for DELETE FROM a WHERE ..."""
    for token in p.tokens[p.index :]:
        if token.word in {",", "USING", "*"}:
            return True
        if token.kind not in {lexer.WORD, lexer.QUOTED} and token.word != ".":
            return False
        if token.word in {"WHERE", "ORDER", "LIMIT", "AS", "PARTITION", "RETURNING"}:
            return False
    return False


def _delete_target(p: Parser) -> TableName:
    start = p.token.start
    schema: str | None = None
    name = p.name("a table name")
    while p.accept("."):
        if p.accept("*"):
            break
        schema, name = name, p.name_after_dot()
    return TableName(start, p.previous_end, name, schema)


def _multi_delete(p: Parser, start: int, targets: tuple[TableName, ...], with_: With | None) -> Delete:
    table = parse_table_references(p)
    where = parse_expression(p) if p.accept("WHERE") else None
    order_by, limit = _order_and_limit(p, single=False)
    return Delete(start, p.previous_end, table, targets, where, order_by, limit, with_)


# --- the rest --------------------------------------------------------------------------------------------


def _truncate_statement(p: Parser) -> Truncate:
    start = p.advance().start
    p.accept("TABLE")
    table = p.table_name()
    return Truncate(start, p.previous_end, table)


def parse_call_statement(p: Parser) -> CallProcedure:
    start = p.advance().start
    schema, name = p.qualified_name("the name of a procedure")
    args: tuple[Expr, ...] = ()
    if p.accept("("):
        if p.token.word != ")":
            args = parse_expression_list(p)
        p.expect(")")
    return CallProcedure(start, p.previous_end, name, args, schema)


def _set_statement(p: Parser) -> "QueryStatement":
    words = {p.peek(1).word, p.peek(2).word}
    if p.peek(1).word in _SET_OTHERWISE or "TRANSACTION" in words:
        return _other_statement(p)
    start = p.advance().start
    values = p.comma_list(_set_variable)
    return SetVariables(start, p.previous_end, values)


def _set_variable(p: Parser) -> Expr:
    if p.token.kind in {lexer.USER_VARIABLE, lexer.SYSTEM_VARIABLE}:
        p.advance()
    else:
        if p.token.word in _SCOPES:
            p.advance()
        p.qualified_name("a variable")
    if p.accept_any("=", ":=") is None:
        p.unexpected("'='")
    token = p.token
    if token.word in {"ON", "ALL", "BINARY", "DEFAULT", "ROW", "SYSTEM"}:
        p.advance()
        return ColumnRef(token.start, token.end, p.raw(token))
    return parse_expression(p)


_STATEMENTS: dict[str, Callable[[Parser], "QueryStatement"]] = {
    "SELECT": parse_query_statement,
    "(": parse_query_statement,
    "VALUES": parse_query_statement,
    "TABLE": parse_query_statement,
    "WITH": _with_statement,
    "INSERT": parse_insert,
    "REPLACE": parse_insert,
    "UPDATE": _update_statement,
    "DELETE": _delete_statement,
    "TRUNCATE": _truncate_statement,
    "CALL": parse_call_statement,
    "SET": _set_statement,
}
