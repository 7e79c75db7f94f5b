"""The vocabulary in which table.py states its rules: signatures, result types, when a result is NULL.

A signature has one letter a parameter, which also is the type that a caller's parameter gets there:

    s text   i integer   n DECIMAL   f DOUBLE   d DATE   m DATETIME   t TIME   j JSON   b bytes
    g geometry   v vector   a anything   c a condition   u a unit   p of one common type together

`[` opens the optional ones, `*` after a letter repeats it, `**` repeats the last two together.
"""

from collections.abc import Callable, Sequence
from typing import Literal, TypeAlias

import msgspec
from msgspec import Struct

from tools.sqlgen.syntax.ast import Expr
from tools.sqlgen.syntax.server import Server
from tools.sqlgen.types.arithmetic import number_in_mariadb
from tools.sqlgen.types.sql_type import (
    BIGINT,
    BOOL,
    DATE,
    DATETIME6,
    DECIMAL,
    DOUBLE,
    GEOMETRY,
    JSON,
    TIME6,
    VARBINARY,
    VARCHAR,
    VECTOR,
    SqlType,
)
from tools.sqlgen.types.typed_expr import TypedExpr

TypedArgs: TypeAlias = Sequence[TypedExpr]
Args: TypeAlias = Sequence[Expr]
ResultRule: TypeAlias = Callable[[TypedArgs, Args], SqlType]
NullRule: TypeAlias = Callable[[TypedArgs, Args], bool]
FunctionKind = Literal["scalar", "aggregate", "window"]

HINTS: dict[str, SqlType | None] = {
    "s": VARCHAR, "i": BIGINT, "n": DECIMAL, "f": DOUBLE, "d": DATE, "m": DATETIME6, "t": TIME6, "j": JSON,
    "b": VARBINARY, "g": GEOMETRY, "v": VECTOR, "a": None, "c": BOOL, "u": None, "p": None,
}  # fmt: skip
"""The expected type of a parameter in a place of that letter; None if the place does not determine one."""


_NUMBERS = frozenset("fn")


class Signature(Struct, frozen=True, gc=False):
    letters: str
    least: int
    most: int | None
    """None: any number."""
    repeat: int = 0
    """The number of last letters that repeat together."""

    def letter(self, index: int) -> str:
        """The letter of the argument at `index`."""
        if index < len(self.letters):
            return self.letters[index]
        if not self.letters:
            return "a"
        if self.repeat == 0:
            return self.letters[-1]
        start = len(self.letters) - self.repeat
        return self.letters[start + (index - start) % self.repeat]

    def accepts(self, count: int) -> bool:
        """True if the function accepts `count` arguments."""
        if count < self.least or (self.most is not None and count > self.most):
            return False
        return self.repeat != _PAIRS or (count - self.least) % _PAIRS == 0

    def expected(self) -> str:
        """The allowed number of arguments, in words."""
        if self.most is None:
            more = f"at least {self.least}"
            return f"{more}, and then pairs" if self.repeat == _PAIRS else more
        if self.least == self.most:
            return str(self.least) if self.least else "none"
        return f"{self.least} to {self.most}"


_PAIRS = 2


def signature(text: str) -> Signature:
    """`si[i` -> 2 or 3 arguments; `ss*` -> 2 or more; `jsa**` -> 3, 5, 7, ...; `[sa**` -> 0, 2, 4, ..."""
    repeat = len(text) - len(text.rstrip("*"))
    required, _, optional = text.rstrip("*").partition("[")
    return Signature(
        required + optional,
        len(required),
        None if repeat else len(required) + len(optional),
        repeat,
    )


class Rule(Struct, frozen=True, gc=False):
    """The rule for one function."""

    signature: Signature
    result: ResultRule
    nulls: NullRule
    """True if the result can be NULL; for an aggregate: over a group of at least one row."""
    strict: tuple[int, ...] | None
    """Arguments whose NULL makes the result NULL; None for all of them."""
    kind: FunctionKind = "scalar"
    deterministic: bool = True
    unchanged: bool = False
    """The result is one of the values of the first argument."""
    result_in_mariadb: ResultRule | None = None
    """The result's type in MariaDB; None if it is `result` too."""
    in_mariadb: NullRule | None = None
    """The rule of MariaDB if that gives NULL for arguments that MySQL refuses; None if it is `nulls` too."""

    def result_type(self, server: Server, values: TypedArgs, args: Args) -> SqlType:
        """Return the type of the result on that server."""
        if server != "mariadb":
            return self.result(values, args)
        numbers = [
            msgspec.structs.replace(value, type=number_in_mariadb(value.type))
            if self.signature.letter(index) in _NUMBERS
            else value
            for index, value in enumerate(values)
        ]
        return (self.result_in_mariadb or self.result)(numbers, args)
