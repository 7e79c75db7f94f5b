"""The base of every syntax node, and the data type, which DDL and CAST share."""

from msgspec import Struct


class Node(Struct, frozen=True, eq=False, gc=False):
    """A node of the syntax tree. Nodes compare by identity, so that they are keys of the analysis' results."""

    start: int
    """Offset of the first character in the file's text."""
    end: int
    """Offset after the last character."""


class DataType(Node, frozen=True, gc=False):
    """A type as written, its name folded to MySQL's canonical upper-case one.

    INTEGER -> INT, BOOL and BOOLEAN -> TINYINT(1), NUMERIC/DEC/FIXED -> DECIMAL, REAL and DOUBLE PRECISION
    -> DOUBLE, CHARACTER VARYING -> VARCHAR, SERIAL -> BIGINT UNSIGNED; NCHAR/NVARCHAR -> CHAR/VARCHAR.
    In CAST, SIGNED [INTEGER] -> BIGINT and UNSIGNED [INTEGER] -> BIGINT UNSIGNED.
    """

    name: str
    args: tuple[int, ...] = ()
    """Length, or precision and scale, or fractional seconds."""
    unsigned: bool = False
    values: tuple[str, ...] = ()
    """The members of an ENUM or SET."""
    charset: str | None = None
    collation: str | None = None
    binary_attribute: bool = False
    array: bool = False
    """CAST(... AS type ARRAY)."""
