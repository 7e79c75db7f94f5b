"""Stored programs: the heads of functions and procedures, and the statements that run DDL from a text.

Bodies are skipped. A CALL in a schema file reads the body of its procedure.
"""

from typing import Literal

from tools.sqlgen.diagnostics import SqlError
from tools.sqlgen.syntax import lexer
from tools.sqlgen.syntax.ast import (
    CreateFunction,
    CreateProcedure,
    DataType,
    DropFunction,
    DropProcedure,
    ExecutePrepared,
    Expr,
    PrepareText,
    RoutineParameter,
    SetUserVariables,
)
from tools.sqlgen.syntax.parser.cursor import Parser
from tools.sqlgen.syntax.parser.datatypes import parse_data_type
from tools.sqlgen.syntax.parser.expressions import parse_expression
from tools.sqlgen.syntax.parser.primaries import parse_user_variable

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
    p.skip_to_end()
    types: tuple[DataType, ...] | None = None
    if parameters is not None:
        types = tuple(each.type for each in parameters)
    return CreateFunction(start, p.previous_end, name, returns, schema, types)


def parse_create_procedure(p: Parser, start: int) -> CreateProcedure:
    """Parse a procedure after CREATE and its options."""
    p.expect("PROCEDURE")
    p.accept_words("IF", "NOT", "EXISTS")
    schema, name = p.qualified_name("the name of a procedure")
    parameters: tuple[RoutineParameter, ...] | None = None
    try:
        parameters = _parameters(p)
    except SqlError:
        p.skip_to_end()  # a type of another server: a CALL is accepted with any arguments
    _skip_characteristics(p)
    body = p.token.start
    p.skip_to_end()
    return CreateProcedure(start, p.previous_end, name, parameters, body, schema)


def parse_drop_procedure(p: Parser, start: int) -> DropProcedure:
    p.expect("PROCEDURE")
    p.accept_words("IF", "EXISTS")
    schema, name = p.qualified_name("the name of a procedure")
    return DropProcedure(start, p.previous_end, name, schema)


_CHARACTERISTICS = (
    ("DETERMINISTIC",), ("NOT", "DETERMINISTIC"), ("CONTAINS", "SQL"), ("NO", "SQL"), ("LANGUAGE", "SQL"),
    ("READS", "SQL", "DATA"), ("MODIFIES", "SQL", "DATA"), ("SQL", "SECURITY", "DEFINER"),
    ("SQL", "SECURITY", "INVOKER"),
)  # fmt: skip


def _skip_characteristics(p: Parser) -> None:
    while True:
        if p.accept("COMMENT"):
            p.advance()
        elif not any(p.accept_words(*words) for words in _CHARACTERISTICS):
            return


def _parameters(p: Parser) -> tuple[RoutineParameter, ...]:
    p.expect("(")
    found: list[RoutineParameter] = []
    while not p.accept(")"):
        if found:
            p.expect(",")
        start = p.token.start
        word = p.accept_any("IN", "OUT", "INOUT")
        mode: Literal["IN", "OUT", "INOUT"] = "OUT" if word == "OUT" else "INOUT" if word == "INOUT" else "IN"
        name = p.name("the name of a parameter")
        found.append(RoutineParameter(start, p.previous_end, name, parse_data_type(p), mode))
    return tuple(found)


# --- DDL from a text -----------------------------------------------------------------------------------


def parse_set_user_variables(p: Parser, start: int) -> SetUserVariables:
    """Parse the rest of a SET whose first target is a user variable. Values that cannot be read are None."""
    values: dict[str, Expr | None] = {}
    while p.token.kind == lexer.USER_VARIABLE:
        name = parse_user_variable(p).name.lower()
        values[name] = None
        if p.accept_any("=", ":=") is None:
            break
        try:
            values[name] = parse_expression(p)
        except SqlError:
            break
        if not p.accept(","):
            break
    p.skip_to_end()
    return SetUserVariables(start, p.previous_end, tuple(values.items()))


def parse_prepare(p: Parser, start: int) -> PrepareText:
    name = p.name("the name of a prepared statement").lower()
    p.expect("FROM")
    return PrepareText(start, p.previous_end, name, parse_expression(p))


def parse_execute(p: Parser, start: int) -> ExecutePrepared | PrepareText:
    if p.accept("IMMEDIATE"):
        source = parse_expression(p)
        p.skip_to_end()
        return PrepareText(start, p.previous_end, None, source)
    name = p.name("the name of a prepared statement").lower()
    p.skip_to_end()
    return ExecutePrepared(start, p.previous_end, name)


def _loadable_type(p: Parser) -> DataType:
    token = p.token
    if token.kind == lexer.END or token.word not in _LOADABLE:
        p.unexpected("STRING, INTEGER, REAL or DECIMAL")
    p.advance()
    args = (65535,) if token.word == "STRING" else ()
    return DataType(token.start, token.end, _LOADABLE[token.word], args)
