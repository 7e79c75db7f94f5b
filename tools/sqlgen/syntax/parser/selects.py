"""SELECT: its options, select list, and clauses up to the windows."""

from tools.sqlgen.syntax import lexer
from tools.sqlgen.syntax.ast import (
    Expr,
    Select,
    SelectItem,
    Star,
    TableRef,
    UserVariable,
)
from tools.sqlgen.syntax.parser import expressions
from tools.sqlgen.syntax.parser.cursor import Parser
from tools.sqlgen.syntax.parser.literals import parse_string
from tools.sqlgen.syntax.parser.macro_arguments import at_macro
from tools.sqlgen.syntax.parser.macros import parse_embed
from tools.sqlgen.syntax.parser.primaries import parse_user_variable
from tools.sqlgen.syntax.parser.tables import parse_table_references
from tools.sqlgen.syntax.parser.windows import parse_named_windows

_OPTIONS = frozenset(
    {
        "ALL", "DISTINCT", "DISTINCTROW", "HIGH_PRIORITY", "STRAIGHT_JOIN", "SQL_SMALL_RESULT",
        "SQL_BIG_RESULT", "SQL_BUFFER_RESULT", "SQL_NO_CACHE", "SQL_CACHE", "SQL_CALC_FOUND_ROWS",
    }
)  # fmt: skip


def parse_select(p: Parser) -> Select:
    start = p.advance().start
    options = _options(p)
    distinct = "DISTINCT" in options or "DISTINCTROW" in options
    if distinct and "ALL" in options:
        p.fail("SELECT cannot be both ALL and DISTINCT")
    items = parse_select_items(p)
    into = parse_into_clause(p)
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


def parse_into_clause(p: Parser) -> tuple[UserVariable, ...]:
    if not p.accept("INTO"):
        return ()
    if p.token.kind == lexer.USER_VARIABLE:
        return p.comma_list(parse_user_variable)
    p.fail("SELECT ... INTO a file or a local variable is not supported", hint="use INTO @variable")
