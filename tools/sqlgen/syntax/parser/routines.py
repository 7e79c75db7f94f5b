"""The heads of stored functions, which queries that call them need. Bodies are skipped."""

from tools.sqlgen.diagnostics import SqlError
from tools.sqlgen.syntax import lexer
from tools.sqlgen.syntax.ast import CreateFunction, DataType, DropFunction
from tools.sqlgen.syntax.parser.cursor import Parser
from tools.sqlgen.syntax.parser.datatypes import parse_data_type

_LOADABLE = {
    "STRING": "VARCHAR",
    "INTEGER": "BIGINT",
    "INT": "BIGINT",
    "REAL": "DOUBLE",
    "DECIMAL": "DECIMAL",
}
"""RETURNS of a loadable function -> the type of its result."""


def parse_create_function(p: Parser, start: int) -> CreateFunction | None:
    """Parse a function after CREATE and its options; returns None if its head cannot be read.

    It is then skipped with its body, and a query that calls it gets an error for an unknown function.
    """
    index = p.index
    try:
        return _function_head(p, start)
    except SqlError:
        p.index, p.token = index, p.tokens[index]
        return None


def parse_drop_function(p: Parser, start: int) -> DropFunction:
    p.expect("FUNCTION")
    p.accept_words("IF", "EXISTS")
    schema, name = p.qualified_name("the name of a function")
    return DropFunction(start, p.previous_end, name, schema)


def _function_head(p: Parser, start: int) -> CreateFunction:
    p.accept("AGGREGATE")
    p.expect("FUNCTION")
    p.accept_words("IF", "NOT", "EXISTS")
    schema, name = p.qualified_name("the name of a function")
    parameters = _parameters(p) if p.token.word == "(" else None
    p.expect("RETURNS")
    returns = parse_data_type(p) if parameters is not None else _loadable_type(p)
    p.index = len(p.tokens) - 1
    p.token = p.tokens[p.index]
    p.previous_end = p.token.end
    return CreateFunction(start, p.previous_end, name, returns, schema, parameters)


def _parameters(p: Parser) -> tuple[DataType, ...]:
    p.expect("(")
    found: list[DataType] = []
    while not p.accept(")"):
        if found:
            p.expect(",")
        p.accept("IN")
        p.name("the name of a parameter")
        found.append(parse_data_type(p))
    return tuple(found)


def _loadable_type(p: Parser) -> DataType:
    token = p.token
    if token.kind == lexer.END or token.word not in _LOADABLE:
        p.unexpected("STRING, INTEGER, REAL or DECIMAL")
    p.advance()
    args = (65535,) if token.word == "STRING" else ()
    return DataType(token.start, token.end, _LOADABLE[token.word], args)
