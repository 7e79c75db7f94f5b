"""Table references: tables, joins, derived tables, JSON_TABLE."""

from collections.abc import Callable
from typing import Literal

import msgspec

from tools.sqlgen.syntax import lexer
from tools.sqlgen.syntax.ast import Derived, Expr, Join, JsonTable, JsonTableColumn, TableName, TableRef
from tools.sqlgen.syntax.parser import expressions, queries
from tools.sqlgen.syntax.parser.cursor import Parser
from tools.sqlgen.syntax.parser.datatypes import parse_charset_name, parse_data_type
from tools.sqlgen.syntax.parser.function_grammars import parse_on_clause
from tools.sqlgen.syntax.parser.literals import parse_string_literal
from tools.sqlgen.syntax.parser.windows import BIT_EXPR

_JOIN_WORDS = frozenset({"JOIN", "INNER", "CROSS", "LEFT", "RIGHT", "STRAIGHT_JOIN", "NATURAL"})
_HINTS = frozenset({"USE", "FORCE", "IGNORE"})
_Side = Literal["LEFT", "RIGHT"]
_NO_FULL_JOIN = "MySQL has no FULL JOIN; write a LEFT JOIN, UNION ALL, and a RIGHT JOIN of the rest"


def parse_table_references(p: Parser) -> TableRef:
    """Tables separated by commas, which are cross joins of the lowest precedence."""
    start = p.token.start
    left = _table_reference(p)
    while p.accept(","):
        right = _table_reference(p)
        left = Join(start, p.previous_end, "CROSS", left, right)
    return left


def _table_reference(p: Parser) -> TableRef:
    """A table with everything that is joined to it."""
    start = p.token.start
    left = _factor(p)
    while p.token.word in _JOIN_WORDS:
        left = _join(p, left, start)
    if p.token.word == "FULL" and p.peek().word in {"JOIN", "OUTER"}:
        p.fail("FULL JOIN is not supported by MySQL", hint=_NO_FULL_JOIN)
    return left


def _join(p: Parser, left: TableRef, start: int) -> TableRef:
    word = p.token.word
    if word == "NATURAL":
        return _natural_join(p, left, start)
    p.advance()
    if word in {"LEFT", "RIGHT"}:
        p.accept("OUTER")
        p.expect("JOIN")
        return _outer_join(p, left, start, "LEFT" if word == "LEFT" else "RIGHT")
    if word in {"INNER", "CROSS"}:
        p.expect("JOIN")
    straight = word == "STRAIGHT_JOIN"
    right_start = p.token.start
    right = _table_reference(p)
    kind: Literal["CROSS", "INNER"] = "CROSS" if word == "CROSS" else "INNER"
    if _at_on(p):
        p.advance()
        on = expressions.parse_expression(p)
        return Join(start, p.previous_end, kind, left, right, on, straight=straight)
    if p.accept("USING"):
        using = p.names()
        return Join(start, p.previous_end, kind, left, right, using=using, straight=straight)

    def graft(leaf: TableRef) -> TableRef:
        return Join(start, leaf.end, kind, left, leaf, straight=straight)

    return _replace_leftmost(right, right_start, start, graft)


def _at_on(p: Parser) -> bool:
    """ON, but not the ON DUPLICATE KEY of the INSERT around a query."""
    return p.token.word == "ON" and not p.at_words("ON", "DUPLICATE", "KEY")


def _outer_join(p: Parser, left: TableRef, start: int, kind: _Side) -> TableRef:
    right = _table_reference(p)
    if p.accept("USING"):
        using = p.names()
        return Join(start, p.previous_end, kind, left, right, using=using)
    if not _at_on(p):
        p.unexpected("ON or USING", f"a {kind} JOIN needs a condition")
    p.advance()
    on = expressions.parse_expression(p)
    return Join(start, p.previous_end, kind, left, right, on)


def _natural_join(p: Parser, left: TableRef, start: int) -> TableRef:
    p.advance()
    kind: Literal["LEFT", "RIGHT", "INNER"] = "INNER"
    side = p.accept_any("LEFT", "RIGHT", "INNER")
    if side in {"LEFT", "RIGHT"}:
        kind = "LEFT" if side == "LEFT" else "RIGHT"
        p.accept("OUTER")
    p.expect("JOIN")
    right = _factor(p)
    return Join(start, p.previous_end, kind, left, right, natural=True)


# --- one table -------------------------------------------------------------------------------------------


def _factor(p: Parser) -> TableRef:
    token = p.token
    if token.word == "(":
        if queries.at_query(p, p.index):
            return _derived(p, token.start, lateral=False)
        p.advance()
        inner = parse_table_references(p)
        p.expect(")")
        return inner
    if token.word == "LATERAL" and p.peek().word == "(":
        p.advance()
        return _derived(p, token.start, lateral=True)
    if token.word == "JSON_TABLE" and p.peek().word == "(":
        return _json_table(p)
    if token.word == "{":
        return _odbc_join(p)
    return _table_factor(p)


def _odbc_join(p: Parser) -> TableRef:
    """{ OJ a LEFT JOIN b ON ... }"""
    p.advance()
    p.name("OJ")
    inner = _table_reference(p)
    p.expect("}")
    return inner


def _table_factor(p: Parser) -> TableName:
    """Name [PARTITION (...)] [[AS] alias] [index hints]"""
    start = p.token.start
    schema, name = p.qualified_name()
    if p.token.word == "(":
        p.fail(f"'{name}' cannot be called here: only JSON_TABLE makes a table")
    partitions = parse_partition_clause(p)
    system_time, history = _system_time(p)
    alias = parse_table_alias(p)
    hints = _index_hints(p)
    return TableName(start, p.previous_end, name, schema, alias, hints, partitions, system_time, history)


def parse_partition_clause(p: Parser) -> tuple[str, ...]:
    if p.token.word == "PARTITION" and p.peek().word == "(":
        p.advance()
        return p.names()
    return ()


def _system_time(p: Parser) -> tuple[tuple[Expr, ...], bool]:
    """Parse MariaDB's FOR SYSTEM_TIME AS OF x | BETWEEN x AND y | FROM x TO y | ALL.

    Returns its values, and True for a range of time.
    """
    if p.token.word != "FOR" or p.peek().word != "SYSTEM_TIME":
        return (), False
    p.only_mariadb("FOR SYSTEM_TIME")
    p.advance()
    p.advance()
    if p.accept("ALL"):
        return (), True
    if p.accept_words("AS", "OF"):
        p.accept_any("TRANSACTION", "TIMESTAMP")
        return (expressions.parse_expression(p),), False
    return _time_range(p), True


def _time_range(p: Parser) -> tuple[Expr, ...]:
    """FROM x TO y, BETWEEN x AND y"""
    word = p.accept_any("FROM", "BETWEEN")
    if word is None:
        p.unexpected("FROM, BETWEEN, AS OF or ALL")
    first = expressions.parse_expression(p, BIT_EXPR)
    p.expect("TO" if word == "FROM" else "AND")
    return first, expressions.parse_expression(p, BIT_EXPR)


def parse_portion(p: Parser) -> tuple[Expr, ...]:
    """Parse MariaDB's FOR PORTION OF period FROM x TO y; returns x and y."""
    if p.token.word != "FOR" or p.peek().word != "PORTION":
        return ()
    p.only_mariadb("FOR PORTION OF")
    p.expect("FOR", "PORTION", "OF")
    p.name("the name of a period")
    return _time_range(p)


def parse_table_alias(p: Parser) -> str | None:
    if p.accept("AS"):
        return p.name("an alias")
    if not p.implicit_alias() or _at_outer_full(p):
        return None
    return p.unquoted(p.advance())


def _at_outer_full(p: Parser) -> bool:
    return p.token.word == "FULL" and p.peek().word == "OUTER"


def _index_hints(p: Parser) -> tuple[str, ...]:
    names: list[str] = []
    while p.token.word in _HINTS and p.peek().word in {"INDEX", "KEY"}:
        p.advance()
        p.advance()
        if p.accept("FOR") and not p.accept("JOIN"):
            if p.accept_any("ORDER", "GROUP") is None:
                p.unexpected("JOIN, ORDER BY or GROUP BY")
            p.expect("BY")
        p.expect("(")
        if p.token.word != ")":
            names.extend(p.comma_list(_index_name))
        p.expect(")")
    return tuple(names)


def _index_name(p: Parser) -> str:
    return p.raw(p.advance()) if p.token.word == "PRIMARY" else p.name("an index name")


def _derived(p: Parser, start: int, *, lateral: bool) -> Derived:
    query = queries.parse_bracketed_query(p)
    alias = parse_table_alias(p)
    columns = p.names() if alias is not None and p.token.word == "(" else ()
    return Derived(start, p.previous_end, query, alias, columns, lateral)


# --- JSON_TABLE ------------------------------------------------------------------------------------------


def _json_table(p: Parser) -> JsonTable:
    start = p.advance().start
    p.expect("(")
    document = expressions.parse_expression(p)
    p.expect(",")
    path = _path_string(p)
    columns = _json_columns(p)
    p.expect(")")
    alias = parse_table_alias(p)
    return JsonTable(start, p.previous_end, document, path, columns, alias)


def _path_string(p: Parser) -> str:
    if p.token.kind != lexer.STRING:
        p.unexpected("a JSON path as a string")
    return parse_string_literal(p).value


def _json_columns(p: Parser) -> tuple[JsonTableColumn, ...]:
    p.expect("COLUMNS")
    return p.parenthesised(_json_column)


def _json_column(p: Parser) -> JsonTableColumn:
    start = p.token.start
    if p.at_words("NESTED", "PATH"):
        p.advance()
        p.advance()
        path = _path_string(p)
        columns = _json_columns(p)
        return JsonTableColumn(start, p.previous_end, "", "NESTED", None, path, columns)
    name = p.name("a column name")
    if p.accept_words("FOR", "ORDINALITY"):
        return JsonTableColumn(start, p.previous_end, name, "ORDINALITY")
    data_type = parse_data_type(p)
    if p.accept("COLLATE"):
        parse_charset_name(p)
    kind: Literal["EXISTS", "PATH"] = "EXISTS" if p.accept("EXISTS") else "PATH"
    p.expect("PATH")
    path = _path_string(p)
    events: dict[str, str] = {}
    while p.token.word not in {",", ")"}:
        event, action = parse_on_clause(p)
        events[event] = action
    on_empty, on_error = events.get("EMPTY"), events.get("ERROR")
    return JsonTableColumn(start, p.previous_end, name, kind, data_type, path, (), on_empty, on_error)


def _replace_leftmost(
    node: TableRef, start: int, new_start: int, graft: Callable[[TableRef], TableRef]
) -> TableRef:
    """`node` with its leftmost table replaced; `a JOIN b JOIN c ON x` is `(a JOIN b) JOIN c ON x`.

    A join in parentheses begins after `start`, and is a leaf.
    """
    if isinstance(node, Join) and node.start == start:
        left = _replace_leftmost(node.left, start, new_start, graft)
        return msgspec.structs.replace(node, start=new_start, left=left)
    return graft(node)
