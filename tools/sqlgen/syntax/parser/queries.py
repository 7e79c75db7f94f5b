"""Queries: SELECT, set operations, WITH."""

from typing import Literal

import msgspec

from tools.sqlgen.syntax import lexer
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
    Select,
    SelectItem,
    SetOperation,
    Star,
    TableRef,
    TableStatement,
    UserVariable,
    ValuesRows,
    With,
)
from tools.sqlgen.syntax.parser import expressions
from tools.sqlgen.syntax.parser.cursor import Parser
from tools.sqlgen.syntax.parser.literals import parse_integer, parse_string
from tools.sqlgen.syntax.parser.macro_arguments import at_macro
from tools.sqlgen.syntax.parser.macros import parse_embed
from tools.sqlgen.syntax.parser.primaries import parse_user_variable
from tools.sqlgen.syntax.parser.tables import parse_table_references
from tools.sqlgen.syntax.parser.windows import SIMPLE_EXPR, parse_named_windows, parse_order_items

_OPTIONS = frozenset(
    {
        "ALL", "DISTINCT", "DISTINCTROW", "HIGH_PRIORITY", "STRAIGHT_JOIN", "SQL_SMALL_RESULT",
        "SQL_BIG_RESULT", "SQL_BUFFER_RESULT", "SQL_NO_CACHE", "SQL_CACHE", "SQL_CALC_FOUND_ROWS",
    }
)  # fmt: skip
_QUERY_GOES_ON = frozenset({")", "UNION", "EXCEPT", "INTERSECT", "ORDER", "LIMIT", "FOR", "LOCK"})
_SET_OPERATORS = frozenset({"UNION", "EXCEPT", "INTERSECT"})


def parse_query_expression(p: Parser) -> Query:
    start = p.token.start
    with_ = parse_with_clause(p)
    body = _body(p)
    order_by = parse_order_items(p) if p.accept_words("ORDER", "BY") else ()
    limit = parse_limit_clause(p) or _fetch_clause(p)
    if p.token.word == "INTO":
        body = _with_into(p, body)
    locks = _locks(p)
    if p.token.word == "INTO":
        body = _with_into(p, body)
    if p.token.word in _SET_OPERATORS and (order_by or limit or locks):
        p.fail(
            f"ORDER BY, LIMIT and locks cannot stand before {p.token.word}",
            hint="put the query before it in parentheses",
        )
    if isinstance(body, Query) and not (with_ or order_by or limit or locks):
        return body
    return Query(start, p.previous_end, body, with_, order_by, limit, locks)


def at_query(p: Parser, index: int) -> bool:
    """True if the '(' at that token opens a query, and neither an expression nor a join.

    `((SELECT 1) UNION (SELECT 2))` is a query, `((SELECT 1) + 1)` is not: the token after the inner parenthesis
    decides.
    """
    if index + 1 >= len(p.tokens) or p.tokens[index].word != "(":
        return False
    inner = p.tokens[index + 1].word
    if inner == "VALUES":
        return p.tokens[index + 2].word == "ROW"
    if inner != "(":
        return inner in {"SELECT", "WITH", "TABLE"}
    if not at_query(p, index + 1):
        return False
    following = p.closing(index + 1) + 1
    return following < len(p.tokens) and p.tokens[following].word in _QUERY_GOES_ON


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
    while word := p.accept_any("UNION", "EXCEPT"):
        keep_all = _set_quantifier(p)
        right = _intersection(p)
        op: Literal["UNION", "EXCEPT"] = "UNION" if word == "UNION" else "EXCEPT"
        left = SetOperation(start, p.previous_end, op, keep_all, left, right)
    return left


def _intersection(p: Parser) -> QueryBody:
    start = p.token.start
    left = _query_primary(p)
    while p.accept("INTERSECT"):
        keep_all = _set_quantifier(p)
        right = _query_primary(p)
        left = SetOperation(start, p.previous_end, "INTERSECT", keep_all, left, right)
    return left


def _set_quantifier(p: Parser) -> bool:
    return p.accept_any("ALL", "DISTINCT") == "ALL"


def _query_primary(p: Parser) -> QueryBody:
    word = p.token.word
    if word == "SELECT":
        return _select(p)
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
    p.expect("ROW", "(")
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


# --- SELECT ----------------------------------------------------------------------------------------------


def _select(p: Parser) -> Select:
    start = p.advance().start
    options = _options(p)
    distinct = "DISTINCT" in options or "DISTINCTROW" in options
    if distinct and "ALL" in options:
        p.fail("SELECT cannot be both ALL and DISTINCT")
    items = parse_select_items(p)
    into = _into_clause(p)
    from_ = _from_clause(p)
    where = expressions.parse_expression(p) if p.accept("WHERE") else None
    group_by, rollup, grand_total = _group_by(p) if p.accept_words("GROUP", "BY") else ((), False, True)
    having = expressions.parse_expression(p) if p.accept("HAVING") else None
    windows = parse_named_windows(p) if p.accept("WINDOW") else ()
    qualify = expressions.parse_expression(p) if p.accept("QUALIFY") else None
    return Select(
        start, p.previous_end, items, distinct, from_, where, group_by, rollup, grand_total, having, windows,
        qualify, into, options,
    )  # fmt: skip


def _options(p: Parser) -> tuple[str, ...]:
    options: list[str] = []
    while p.token.word in _OPTIONS:
        options.append(p.advance().word)
    return tuple(options)


def parse_select_items(p: Parser) -> tuple[SelectItem, ...]:
    if p.token.word != "*":
        return p.comma_list(_select_item)
    star = p.advance()
    first = SelectItem(star.start, star.end, Star(star.start, star.end))
    if not p.accept(","):
        return (first,)
    return (first, *p.comma_list(_select_item))


def _select_item(p: Parser) -> SelectItem:
    start = p.token.start
    if p.token.word == "*":
        p.unexpected("a column", "a bare * can only come first; write table.*")
    expr = _qualified_star(p)
    if expr is not None:
        return SelectItem(start, p.previous_end, expr)
    expr = parse_embed(p) if at_macro(p, "embed") else expressions.parse_expression(p)
    alias = _item_alias(p)
    return SelectItem(start, p.previous_end, expr, alias)


def _qualified_star(p: Parser) -> Expr | None:
    """table.* or schema.table.*"""
    if p.peek(1).word != "." or not (p.peek(2).word == "*" or p.peek(4).word == "*"):
        return None
    if p.peek(2).word != "*" and p.peek(3).word != ".":
        return None
    start = p.token.start
    parts = [p.name("a table name")]
    while p.accept(".") and p.token.word != "*":
        parts.append(p.name_after_dot())
    p.expect("*")
    schema = parts[0] if len(parts) > 1 else None
    return Star(start, p.previous_end, parts[-1], schema)


def _item_alias(p: Parser) -> str | None:
    if p.accept("AS"):
        if p.token.kind == lexer.STRING:
            return parse_string(p)
        return p.name("an alias, a name or a string")
    if p.token.kind == lexer.STRING:
        return parse_string(p)
    return p.unquoted(p.advance()) if p.implicit_alias() else None


def _from_clause(p: Parser) -> TableRef | None:
    if not p.accept("FROM") or p.accept("DUAL"):
        return None
    return parse_table_references(p)


def _group_by(p: Parser) -> tuple[tuple[Expr, ...], bool, bool]:
    """Return the grouped expressions, if some groups are totals over others, and if there is a grand total."""
    if p.token.word in {"ROLLUP", "CUBE"} and p.peek().word == "(":
        p.advance()
        return p.parenthesised(expressions.parse_expression), True, True
    if p.at_words("GROUPING", "SETS"):
        return _grouping_sets(p)
    items = p.comma_list(_group_item)
    return items, p.accept_words("WITH", "ROLLUP"), True


def _grouping_sets(p: Parser) -> tuple[tuple[Expr, ...], bool, bool]:
    """GROUPING SETS ((a, b), (a), ())"""
    p.advance()
    p.advance()
    sets = p.parenthesised(_grouping_set)
    return tuple(expr for each in sets for expr in each), True, () in sets


def _grouping_set(p: Parser) -> tuple[Expr, ...]:
    p.expect("(")
    items = () if p.token.word == ")" else p.comma_list(expressions.parse_expression)
    p.expect(")")
    return items


def _group_item(p: Parser) -> Expr:
    expr = expressions.parse_expression(p)
    if p.token.word in {"ASC", "DESC"}:
        p.only_mariadb(f"GROUP BY ... {p.token.word}", hint="write ORDER BY")
        p.advance()
    return expr


# --- INTO, LIMIT, locks ----------------------------------------------------------------------------------


def _into_clause(p: Parser) -> tuple[UserVariable, ...]:
    if not p.accept("INTO"):
        return ()
    if p.token.kind == lexer.USER_VARIABLE:
        return p.comma_list(parse_user_variable)
    p.fail("SELECT ... INTO a file or a local variable is not supported", hint="use INTO @variable")


def _with_into(p: Parser, body: QueryBody) -> QueryBody:
    token = p.token
    into = _into_clause(p)
    if isinstance(body, Select) and not body.into:
        return msgspec.structs.replace(body, into=into, end=p.previous_end)
    p.fail("INTO cannot stand here", token, "write it once, after the select list of a single SELECT")


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
