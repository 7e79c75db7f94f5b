"""SQL types as values, and their families.

family(SqlType("BIGINT", unsigned=True))  ->  "int"
family(SqlType("VARCHAR", charset="binary"))  ->  "bytes"
"""

from typing import Literal

from msgspec import Struct

from tools.sqlgen.types.type_table import INT_DIGITS, TYPES, Family

TypeClass = Literal[
    "int", "float", "decimal", "string", "bytes", "bool", "date", "datetime", "time", "json", "bit",
    "geometry", "vector", "any",
]  # fmt: skip


class SqlType(Struct, frozen=True):
    """A MySQL type as the server describes it, with details that only the schema has."""

    name: str
    """Canonical upper-case name: BIGINT, DECIMAL, VARCHAR, DATETIME, ENUM, JSON, VECTOR, POINT, ...

    NULL for the type of a bare NULL; UNKNOWN for an unknown type (type class `any`).
    """
    unsigned: bool = False
    length: int | None = None
    """Characters, bytes or bits; the display width of TINYINT(1)."""
    precision: int | None = None
    scale: int | None = None
    """DECIMAL's, and the fractional seconds of TIME, DATETIME and TIMESTAMP."""
    values: tuple[str, ...] = ()
    """Members of ENUM and SET, in order."""
    charset: str | None = None
    """`binary` makes a string type bytes."""
    is_bool: bool = False
    """TINYINT(1), TRUE/FALSE, comparisons and logical operators."""
    is_misformatted: bool = False
    """Computed from a BIT, or from a date or time that the caller gives, and possibly sent in another format than
    the type's.
    """


_SMALL_BIT = 5


def is_small_bit(sql_type: SqlType) -> bool:
    """True for a BIT whose bits cannot be digits: b"0" is the number 48."""
    return sql_type.name == "BIT" and (sql_type.length or 64) <= _SMALL_BIT


UNKNOWN = SqlType("UNKNOWN")
NULL = SqlType("NULL")
BOOL = SqlType("BIGINT", is_bool=True)
BIGINT = SqlType("BIGINT")
UBIGINT = SqlType("BIGINT", unsigned=True)
INT = SqlType("INT")
DOUBLE = SqlType("DOUBLE")
FLOAT = SqlType("FLOAT")
DECIMAL = SqlType("DECIMAL", precision=65, scale=30)
"""For a parameter, and where the exact precision is not computed."""
VARCHAR = SqlType("VARCHAR")
TEXT = SqlType("TEXT")
LONGTEXT = SqlType("LONGTEXT")
VARBINARY = SqlType("VARBINARY", charset="binary")
NULL_TEXT = SqlType("VARBINARY", length=0, charset="binary")
"""Text made only of NULL, `LOWER(NULL)`: bytes to the server, until real text is beside it."""
LONGBLOB = SqlType("LONGBLOB", charset="binary")
DATE = SqlType("DATE")
TIME = SqlType("TIME")
DATETIME = SqlType("DATETIME")
DATETIME6 = SqlType("DATETIME", scale=6)
TIME6 = SqlType("TIME", scale=6)
YEAR = SqlType("YEAR", unsigned=True)
JSON = SqlType("JSON")
GEOMETRY = SqlType("GEOMETRY")
VECTOR = SqlType("VECTOR")

_CLASSES: dict[Family, TypeClass] = {
    "null": "any", "int": "int", "decimal": "decimal", "float": "float", "string": "string", "bytes": "bytes",
    "date": "date", "datetime": "datetime", "time": "time", "year": "int", "json": "json", "bit": "bit",
    "geometry": "geometry", "vector": "vector", "enum": "string", "set": "string", "unknown": "any",
}  # fmt: skip

TEMPORAL: frozenset[Family] = frozenset(("date", "datetime", "time"))
NUMERIC: frozenset[Family] = frozenset(("int", "decimal", "float", "year", "bit"))
TEXTUAL: frozenset[Family] = frozenset(("string", "enum", "set"))


def family(sql_type: SqlType) -> Family:
    """Return the family of a type; `unknown` for a name that is no type."""
    found = _family_of(sql_type.name)
    return "bytes" if found == "string" and sql_type.charset == "binary" else found


def _family_of(name: str) -> Family:
    row = TYPES.get(name)
    return row.family if row is not None else "unknown"


def decimal(precision: int, scale: int, *, unsigned: bool = False) -> SqlType:
    """Return a DECIMAL within the server's limits of 65 digits, 30 of them after the point."""
    scale = min(scale, 30)
    return SqlType("DECIMAL", precision=min(max(precision, scale, 1), 65), scale=scale, unsigned=unsigned)


def temporal(name: str, scale: int | None) -> SqlType:
    """Return TIME or DATETIME with `scale` fractional digits."""
    return SqlType(name, scale=min(scale, 6) if scale else None)


def digits(sql_type: SqlType) -> tuple[int, int]:
    """Return precision and scale of a type as an operand of exact arithmetic."""
    match family(sql_type):
        case "decimal":
            return sql_type.precision or 10, sql_type.scale or 0
        case "int" | "year" | "bit":
            if sql_type.precision is not None:
                return sql_type.precision, 0
            return INT_DIGITS.get(sql_type.name, 20), 0
        case "date":
            return 8, 0
        case "time":
            return 7 + (sql_type.scale or 0), sql_type.scale or 0
        case "datetime":
            return 14 + (sql_type.scale or 0), sql_type.scale or 0
        case _:
            return 20, 0


def type_class(type_: SqlType) -> TypeClass:
    """Return the class of a type; `any` for an unknown type."""
    if type_.is_bool:
        return "bool"
    found = _CLASSES[_family_of(type_.name)]
    return "bytes" if found == "string" and type_.charset == "binary" else found
