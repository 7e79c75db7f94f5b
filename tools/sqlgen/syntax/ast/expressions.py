"""Expressions, windows, ORDER BY items."""

from typing import TYPE_CHECKING, Literal

from tools.sqlgen.syntax.ast.node import DataType, Node

if TYPE_CHECKING:
    from tools.sqlgen.syntax.ast.queries import Query


class Expr(Node, frozen=True, gc=False):
    pass


class NullLiteral(Expr, frozen=True, gc=False):
    pass


class BoolLiteral(Expr, frozen=True, gc=False):
    value: bool


class IntLiteral(Expr, frozen=True, gc=False):
    value: int


class DecimalLiteral(Expr, frozen=True, gc=False):
    text: str
    """As written: `1.50`, `.5`."""


class FloatLiteral(Expr, frozen=True, gc=False):
    text: str
    """With an exponent: `1e3`."""


class StringLiteral(Expr, frozen=True, gc=False):
    value: str
    charset: str | None = None
    """An introducer (`_utf8mb4'..'`, `_binary'..'`), or `N'..'`'s utf8mb3."""


class BytesLiteral(Expr, frozen=True, gc=False):
    """X'4D', 0x4D, b'01', 0b01."""

    value: bytes
    kind: Literal["hex", "bit"]
    charset: str | None = None


LITERALS = (
    BoolLiteral, BytesLiteral, DecimalLiteral, FloatLiteral, IntLiteral, NullLiteral, StringLiteral,
)  # fmt: skip
"""The nodes whose value is in the text. TemporalLiteral is none: the server computes it."""


class TemporalLiteral(Expr, frozen=True, gc=False):
    """DATE '...', TIME '...', TIMESTAMP '...'."""

    kind: Literal["DATE", "TIME", "TIMESTAMP"]
    value: str


class ColumnRef(Expr, frozen=True, gc=False):
    column: str
    table: str | None = None
    schema: str | None = None


class Star(Expr, frozen=True, gc=False):
    """`*`, `t.*`, `db.t.*` as a select item; `*` as COUNT's argument."""

    table: str | None = None
    schema: str | None = None


class UserVariable(Expr, frozen=True, gc=False):
    name: str


class SystemVariable(Expr, frozen=True, gc=False):
    name: str
    scope: str | None = None


class Assign(Expr, frozen=True, gc=False):
    """@x := value."""

    target: UserVariable
    value: Expr


class Param(Expr, frozen=True, gc=False):
    """A value from the caller."""

    kind: Literal["positional", "arg", "narg", "slice"]
    """`?`; `:name` or sqlc.arg(name); sqlc.narg(name); sqlc.slice(name)."""
    name: str | None = None
    """None for `?`."""


CONSTANTS = (Param, *LITERALS)
"""The nodes that have one value in each execution without a computation."""


class Unary(Expr, frozen=True, gc=False):
    op: Literal["-", "+", "~", "!", "NOT", "BINARY"]
    operand: Expr


class Binary(Expr, frozen=True, gc=False):
    """A left-associative chain nests on the left. `&&` is stored as AND, `!=` as <>, `%` as MOD.

    `||` is stored as OR (MySQL's default sql_mode, without PIPES_AS_CONCAT). In `->` and `->>` the right
    side is a StringLiteral.
    """

    op: Literal[
        "OR", "XOR", "AND",
        "=", "<=>", "<>", "<", "<=", ">", ">=", "SOUNDS LIKE",
        "|", "&", "<<", ">>", "+", "-", "*", "/", "DIV", "MOD", "^",
        "->", "->>",
    ]  # fmt: skip
    left: Expr
    right: Expr


class IsTest(Expr, frozen=True, gc=False):
    operand: Expr
    test: Literal["NULL", "TRUE", "FALSE", "UNKNOWN"]
    negated: bool = False


class Like(Expr, frozen=True, gc=False):
    operand: Expr
    pattern: Expr
    escape: Expr | None = None
    negated: bool = False


class Regexp(Expr, frozen=True, gc=False):
    """REGEXP and RLIKE."""

    operand: Expr
    pattern: Expr
    negated: bool = False


class Between(Expr, frozen=True, gc=False):
    operand: Expr
    low: Expr
    high: Expr
    negated: bool = False


class In(Expr, frozen=True, gc=False):
    operand: Expr
    items: "tuple[Expr, ...] | Query"
    negated: bool = False


class MemberOf(Expr, frozen=True, gc=False):
    value: Expr
    array: Expr


class Exists(Expr, frozen=True, gc=False):
    query: "Query"


class Quantified(Expr, frozen=True, gc=False):
    """left op ANY|ALL (query); SOME is stored as ANY."""

    op: Literal["=", "<>", "<", "<=", ">", ">="]
    left: Expr
    quantifier: Literal["ANY", "ALL"]
    query: "Query"


class Subquery(Expr, frozen=True, gc=False):
    """A query as a value, scalar or row."""

    query: "Query"


class Row(Expr, frozen=True, gc=False):
    """(a, b) and ROW(a, b), two or more items."""

    items: tuple[Expr, ...]


class When(Node, frozen=True, gc=False):
    condition: Expr
    result: Expr


class Case(Expr, frozen=True, gc=False):
    operand: Expr | None
    whens: tuple[When, ...]
    otherwise: Expr | None


class Cast(Expr, frozen=True, gc=False):
    """CAST(x AS type) and CONVERT(x, type)."""

    operand: Expr
    type: DataType
    at_time_zone: bool = False


class ConvertCharset(Expr, frozen=True, gc=False):
    """CONVERT(x USING charset)."""

    operand: Expr
    charset: str


class Collate(Expr, frozen=True, gc=False):
    operand: Expr
    collation: str


class Interval(Expr, frozen=True, gc=False):
    """INTERVAL value unit: an operand of + and -, and an argument of DATE_ADD, DATE_SUB, ADDDATE and SUBDATE."""

    value: Expr
    unit: str


class Unit(Expr, frozen=True, gc=False):
    """A bare unit: the first argument of TIMESTAMPDIFF, TIMESTAMPADD and EXTRACT(unit FROM x)."""

    name: str


class OrderItem(Node, frozen=True, gc=False):
    expr: Expr
    descending: bool = False


class FrameBound(Node, frozen=True, gc=False):
    kind: Literal["UNBOUNDED PRECEDING", "PRECEDING", "CURRENT ROW", "FOLLOWING", "UNBOUNDED FOLLOWING"]
    value: Expr | None = None


class WindowFrame(Node, frozen=True, gc=False):
    unit: Literal["ROWS", "RANGE"]
    lower: FrameBound
    upper: FrameBound | None = None


class WindowSpec(Node, frozen=True, gc=False):
    base: str | None = None
    """A named window this one refines."""
    partition_by: tuple[Expr, ...] = ()
    order_by: tuple[OrderItem, ...] = ()
    frame: WindowFrame | None = None


class Call(Expr, frozen=True, gc=False):
    """A function call, its name as written (fold to upper case to look it up).

    Special forms are stored as plain calls: TRIM(BOTH x FROM y) -> TRIM(y, x); SUBSTRING(x FROM a FOR b) ->
    SUBSTRING(x, a, b); POSITION(a IN b) -> LOCATE(a, b); EXTRACT(unit FROM x) -> EXTRACT(Unit, x); the
    functions without parentheses (CURRENT_TIMESTAMP, CURRENT_DATE, UTC_DATE, ...) have no arguments;
    CHAR(1 USING utf8mb4) keeps the arguments; WEIGHT_STRING(x AS CHAR(3)) keeps x; GET_FORMAT(DATE, 'x') ->
    GET_FORMAT(Unit, 'x').
    """

    name: str
    args: tuple[Expr, ...] = ()
    schema: str | None = None
    distinct: bool = False
    order_by: tuple[OrderItem, ...] = ()
    separator: str | None = None
    """GROUP_CONCAT's."""
    over: WindowSpec | str | None = None
    """OVER (...) or OVER name; None when it is not a window function call."""
    from_last: bool = False
    ignore_nulls: bool = False
    name_end: int = 0
    """Offset after the name, so that a diagnostic about the name underlines only the name."""


class Match(Expr, frozen=True, gc=False):
    """MATCH (columns) AGAINST (expr modifier)."""

    columns: tuple[ColumnRef, ...]
    against: Expr
    modifier: str | None = None


class DefaultValue(Expr, frozen=True, gc=False):
    """DEFAULT and DEFAULT(column)."""

    column: ColumnRef | None = None


class InsertedValue(Expr, frozen=True, gc=False):
    """VALUES(column) in ON DUPLICATE KEY UPDATE."""

    column: ColumnRef
