"""DDL that a schema file runs from a text (PREPARE, EXECUTE) or from a procedure (CALL).

SET @s = CONCAT('DROP TABLE ', 'a'); PREPARE p FROM @s; EXECUTE p;  ->  the statement DROP TABLE a

A text that is known is read like the file. A text that depends on the server is not: its EXECUTE gets a warning.
"""

import re

from msgspec import Struct

from tools.sqlgen.diagnostics import SqlError
from tools.sqlgen.input.migrations import SchemaFile
from tools.sqlgen.syntax.ast import (
    Call,
    CreateProcedure,
    ExecutePrepared,
    Expr,
    Node,
    PrepareText,
    SetUserVariables,
    StringLiteral,
    UserVariable,
)
from tools.sqlgen.syntax.lexer import STRING, WORD, tokenize
from tools.sqlgen.syntax.visitor import walk

_DDL = re.compile(r"\s*(?:CREATE|ALTER|DROP|RENAME)\b", re.IGNORECASE)
_VERBS = frozenset({"CREATE", "ALTER", "DROP", "RENAME"})
_CONTROL = frozenset({"IF", "CASE", "LOOP", "WHILE", "REPEAT", "ITERATE", "LEAVE", "DECLARE"})
"""Words of a body that is more than a list of statements."""


class Text(Struct, frozen=True):
    """A text that is known; it begins at the offset `start` of the schema file."""

    value: str
    start: int


class Unknown(Struct, frozen=True):
    """A text that depends on the server. `has_ddl` is false if its parts show that it is no DDL."""

    has_ddl: bool


class DynamicSql:
    """The user variables and prepared statements of a session."""

    def __init__(self) -> None:
        self._variables: dict[str, Text | Unknown] = {}
        self._prepared: dict[str, Text | Unknown] = {}

    def set_variables(self, statement: SetUserVariables) -> None:
        for name, value in statement.values:
            self._variables[name] = Unknown(has_ddl=True) if value is None else self._text(value)

    def prepare(self, statement: PrepareText) -> None:
        if statement.name is not None:
            self._prepared[statement.name] = self._text(statement.source)

    def executed(self, statement: ExecutePrepared | PrepareText) -> Text | None:
        """Return the text that a statement executes; None if it is no DDL.

        Raises SqlError, a warning, for a text that may be DDL and is not known.
        """
        if isinstance(statement, PrepareText):
            found = self._text(statement.source)
        else:
            found = self._prepared.get(statement.name, Unknown(has_ddl=False))
        if isinstance(found, Text):
            return found if _DDL.match(found.value) else None
        if found.has_ddl:
            raise _ignored("the text that this executes depends on the server", statement)
        return None

    def _text(self, expr: Expr) -> Text | Unknown:
        match expr:
            case StringLiteral():
                return Text(expr.value, expr.start + 1)
            case UserVariable():
                return self._variables.get(expr.name.lower(), Unknown(has_ddl=True))
            case Call() if expr.name.upper() == "CONCAT":
                parts = [self._text(arg) for arg in expr.args]
                known = [part for part in parts if isinstance(part, Text)]
                if len(known) == len(parts) and known:
                    return Text("".join(part.value for part in known), expr.start)
                return Unknown(has_ddl=not parts or _may_be_ddl(parts[0]))
            case _:
                parts = [
                    self._text(node) for node in walk(expr) if isinstance(node, (StringLiteral, UserVariable))
                ]
                return Unknown(has_ddl=not parts or any(map(_may_be_ddl, parts)))


def _may_be_ddl(part: Text | Unknown) -> bool:
    return part.has_ddl if isinstance(part, Unknown) else bool(_DDL.match(part.value))


def _ignored(reason: str, node: Node) -> SqlError:
    return SqlError(
        f"{reason}: its DDL is ignored",
        node.start,
        node.end,
        "write the statement itself, or give the compiler a dump of the schema",
        "warning",
    )


def body_of(procedure: CreateProcedure, file: SchemaFile, call: Node) -> tuple[int, int] | None:
    """Return the span of the statements that a CALL runs; None if there is no DDL among them.

    Raises SqlError, a warning, for DDL under conditions, in loops, or beside handlers.
    """
    tokens = tokenize(file.text, procedure.body, procedure.end)
    words = [token.word for token in tokens if token.kind == WORD]
    texts = [file.text[token.start + 1 : token.end] for token in tokens if token.kind == STRING]
    if not _VERBS.intersection(words) and not any(map(_DDL.match, texts)):
        return None
    if _CONTROL.intersection(words):
        raise _ignored(f"what CALL {procedure.name} runs depends on the server", call)
    if words[0] != "BEGIN":
        return procedure.body, procedure.end
    last = next(token for token in reversed(tokens) if token.word == "END")
    return tokens[0].end, last.start
