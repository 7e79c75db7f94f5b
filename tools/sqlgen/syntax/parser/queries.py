"""Queries: WITH, set operations, VALUES, and the ORDER BY, LIMIT and locks at the end."""

from typing import Literal

from tools.sqlgen.diagnostics import SqlError
from tools.sqlgen.syntax.ast import (
    CommonTable,
    DefaultValue,
    Expr,
    IntLiteral,
    Limit,
    Lock,
    Param,
    Query,
    QueryBody,
    SetOperation,
    TableStatement,
    UserVariable,
    ValuesRows,
    With,
    into_of,
)
from tools.sqlgen.syntax.parser import expressions
from tools.sqlgen.syntax.parser.cursor import Parser
from tools.sqlgen.syntax.parser.literals import parse_integer
from tools.sqlgen.syntax.parser.selects import parse_into_clause, parse_select
from tools.sqlgen.syntax.parser.windows import SIMPLE_EXPR, parse_order_items

_QUERY_GOES_ON = frozenset({")", "UNION", "EXCEPT", "INTERSECT", "ORDER", "LIMIT", "FOR", "LOCK"})
_SET_OPERATORS = frozenset({"UNION", "EXCEPT", "INTERSECT"})


def parse_query_expression(p: Parser) -> Query:
    """Parse a query whose rows another statement or query reads: it has no INTO."""
    query = parse_query_statement(p)
    if query.variables:
        into = query.variables[0]
        raise SqlError(
            "INTO takes the rows of a whole statement only", into.start, into.end, "write it at the end, once"
        )
    return query


def parse_query_statement(p: Parser) -> Query:
    """Parse a query that is a statement."""
    start = p.token.start
    with_ = parse_with_clause(p)
    body = _body(p)
    order_by = parse_order_items(p) if p.accept_words("ORDER", "BY") else ()
    limit = parse_limit_clause(p) or _fetch_clause(p)
    into = _into_at_end(p, body)
    locks = _locks(p)
    into = into or _into_at_end(p, body)
    if p.token.word in _SET_OPERATORS and (order_by or limit or locks):
        p.fail(
            f"ORDER BY, LIMIT and locks cannot stand before {p.token.word}",
            hint="put the query before it in parentheses",
        )
    if isinstance(body, Query) and not (with_ or order_by or limit or locks or into):
        return body
    return Query(start, p.previous_end, body, with_, order_by, limit, locks, into)


def at_query(p: Parser, index: int) -> bool:
    """True if the '(' at that token opens a query, and neither an expression nor a join.

    `((SELECT 1) UNION (SELECT 2))` is a query, `((SELECT 1) + 1)` is not: the token after the inner parenthesis
    decides.
    """
    if index + 1 >= len(p.tokens) or p.tokens[index].word != "(":
        return False
    inner = p.tokens[index + 1].word
    if inner == "VALUES":
        return p.tokens[index + 2].word == "ROW" or _at_rows_of_mariadb(p, index + 2)
    if inner != "(":
        return inner in {"SELECT", "WITH", "TABLE"}
    if not at_query(p, index + 1):
        return False
    following = p.closing(index + 1) + 1
    return following < len(p.tokens) and p.tokens[following].word in _QUERY_GOES_ON


def _at_rows_of_mariadb(p: Parser, index: int) -> bool:
    """True for (VALUES (1), (2)); (VALUES(a), VALUES(b)) and (VALUES(a) + 1) are values that an INSERT gives."""
    if p.is_mysql or p.tokens[index].word != "(":
        return False
    after = p.closing(index) + 1
    return [each.word for each in p.tokens[after : after + 2]] == [",", "("]


def parse_bracketed_query(p: Parser) -> Query:
    p.expect("(")
    query = parse_query_expression(p)
    p.expect(")")
    return query


def parse_with_clause(p: Parser) -> With | None:
    start = p.token.start
    if not p.accept("WITH"):
        return None
    recursive = p.token.word == "RECURSIVE" and p.peek().word not in {"AS", "("}
    if recursive:
        p.advance()
    tables = p.comma_list(_common_table)
    return With(start, p.previous_end, tables, recursive)


def _common_table(p: Parser) -> CommonTable:
    start = p.token.start
    name = p.name("the name of a common table")
    columns = p.names() if p.token.word == "(" else ()
    p.expect("AS")
    query = parse_bracketed_query(p)
    return CommonTable(start, p.previous_end, name, query, columns)


# --- set operations --------------------------------------------------------------------------------------


def _body(p: Parser) -> QueryBody:
    start = p.token.start
    left = _intersection(p)
    while (word := p.token.word) in {"UNION", "EXCEPT"}:
        _check_left(p, left)
        p.advance()
        keep_all = _set_quantifier(p)
        right = _intersection(p)
        op: Literal["UNION", "EXCEPT"] = "UNION" if word == "UNION" else "EXCEPT"
        left = SetOperation(start, p.previous_end, op, keep_all, left, right)
    return left


def _intersection(p: Parser) -> QueryBody:
    start = p.token.start
    left = _query_primary(p)
    while p.token.word == "INTERSECT":
        _check_left(p, left)
        p.advance()
        keep_all = _set_quantifier(p)
        right = _query_primary(p)
        left = SetOperation(start, p.previous_end, "INTERSECT", keep_all, left, right)
    return left


def _set_quantifier(p: Parser) -> bool:
    return p.accept_any("ALL", "DISTINCT") == "ALL"


def _query_primary(p: Parser) -> QueryBody:
    word = p.token.word
    if word == "SELECT":
        return parse_select(p)
    if word == "(":
        return parse_bracketed_query(p)
    if word == "VALUES":
        return _values_rows(p)
    if word == "TABLE":
        start = p.advance().start
        table = p.table_name()
        return TableStatement(start, p.previous_end, table)
    p.unexpected("SELECT")


def _values_rows(p: Parser) -> ValuesRows:
    start = p.advance().start
    rows = p.comma_list(_values_row)
    return ValuesRows(start, p.previous_end, rows)


def _values_row(p: Parser) -> tuple[Expr, ...]:
    if p.is_mysql or p.token.word == "ROW":
        p.expect("ROW")
    p.expect("(")
    if p.accept(")"):
        return ()
    items = p.comma_list(parse_value_or_default)
    p.expect(")")
    return items


def parse_value_or_default(p: Parser) -> Expr:
    token = p.token
    if token.word == "DEFAULT" and p.peek().word != "(":
        p.advance()
        return DefaultValue(token.start, token.end)
    return expressions.parse_expression(p)


# --- INTO, LIMIT, locks ----------------------------------------------------------------------------------


def _into_at_end(p: Parser, body: QueryBody) -> tuple[UserVariable, ...]:
    if p.token.word == "INTO" and into_of(body):
        p.fail("a second INTO", hint="write it at the end, once")
    return parse_into_clause(p)


def _check_left(p: Parser, left: QueryBody) -> None:
    """Report INTO of an arm that is not the last one."""
    if into_of(left):
        p.fail(f"INTO cannot stand before {p.token.word}", hint="write it at the end, once")


def parse_limit_clause(p: Parser) -> Limit | None:
    start = p.token.start
    if not p.accept("LIMIT"):
        return None
    first = _limit_value(p)
    if p.accept(","):
        count = _limit_value(p)
        return Limit(start, p.previous_end, count, first)
    offset = _limit_value(p) if p.accept("OFFSET") else None
    return Limit(start, p.previous_end, first, offset)


def _limit_value(p: Parser) -> Expr:
    token = p.token
    value = expressions.parse_expression(p, SIMPLE_EXPR)
    if isinstance(value, IntLiteral | Param):
        return value
    p.fail("LIMIT takes a number or a parameter", token, "write the number, or :name")


def _fetch_clause(p: Parser) -> Limit | None:
    """OFFSET n ROWS FETCH FIRST m ROWS ONLY, of MariaDB."""
    start = p.token.start
    if p.token.word in {"OFFSET", "FETCH"}:
        p.only_mariadb(p.token.word, hint="write LIMIT count OFFSET first")
    offset: Expr | None = None
    if p.token.word == "OFFSET":
        p.advance()
        offset = _limit_value(p)
        if p.accept_any("ROW", "ROWS") is None:
            p.unexpected("ROWS")
    if not p.accept("FETCH"):
        if offset is not None:
            p.unexpected("FETCH")
        return None
    if p.accept_any("FIRST", "NEXT") is None:
        p.unexpected("FIRST or NEXT")
    one = p.token.word in {"ROW", "ROWS"}
    count: Expr = IntLiteral(p.token.start, p.token.start, 1) if one else _limit_value(p)
    if p.accept_any("ROW", "ROWS") is None:
        p.unexpected("ROWS")
    if not p.accept("ONLY"):
        p.expect("WITH", "TIES")
    return Limit(start, p.previous_end, count, offset)


def _locks(p: Parser) -> tuple[Lock, ...]:
    locks: list[Lock] = []
    while p.token.word in {"FOR", "LOCK"}:
        locks.append(_lock(p))
    return tuple(locks)


def _lock(p: Parser) -> Lock:
    start = p.token.start
    if p.accept("LOCK"):
        p.expect("IN", "SHARE", "MODE")
        return Lock(start, p.previous_end, "SHARE")
    p.expect("FOR")
    strength = p.accept_any("UPDATE", "SHARE")
    if strength is None:
        p.unexpected("UPDATE or SHARE")
    tables = p.comma_list(Parser.name) if p.accept("OF") else ()
    wait: Literal["NOWAIT", "SKIP LOCKED"] | None = None
    if p.accept("NOWAIT"):
        wait = "NOWAIT"
    elif p.accept_words("SKIP", "LOCKED"):
        wait = "SKIP LOCKED"
    elif p.token.word == "WAIT":
        p.only_mariadb("WAIT", hint="write NOWAIT, or set innodb_lock_wait_timeout")
        p.advance()
        parse_integer(p, "a number of seconds")
    return Lock(start, p.previous_end, "UPDATE" if strength == "UPDATE" else "SHARE", tables, wait)
