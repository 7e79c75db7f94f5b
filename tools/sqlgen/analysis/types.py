"""SQL types as values: the ones that rules name, and what kind a type is.

kind(SqlType("BIGINT", unsigned=True))  ->  "int"
kind(SqlType("VARCHAR", charset="binary"))  ->  "bytes"
"""

from typing import Literal

from tools.sqlgen.model import SqlType
from tools.sqlgen.syntax import DataType

Kind = Literal[
    "null", "int", "decimal", "float", "string", "bytes", "date", "datetime", "time", "year", "json", "bit",
    "geometry", "vector", "enum", "set", "unknown",
]  # fmt: skip

UNKNOWN = SqlType("UNKNOWN")
NULL = SqlType("NULL")
BOOL = SqlType("BIGINT", is_bool=True)
BIGINT = SqlType("BIGINT")
UBIGINT = SqlType("BIGINT", unsigned=True)
INT = SqlType("INT")
UINT = SqlType("INT", unsigned=True)
DOUBLE = SqlType("DOUBLE")
FLOAT = SqlType("FLOAT")
DECIMAL = SqlType("DECIMAL", precision=65, scale=30)
"""Of a parameter, and where the exact precision is not worked out."""
VARCHAR = SqlType("VARCHAR")
TEXT = SqlType("TEXT")
LONGTEXT = SqlType("LONGTEXT")
VARBINARY = SqlType("VARBINARY", charset="binary")
NULL_TEXT = SqlType("VARBINARY", length=0, charset="binary")
"""Text made of nothing but NULL, `LOWER(NULL)`: bytes to the server, until real text is beside it."""
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

_STRINGS = ("CHAR", "VARCHAR", "TINYTEXT", "TEXT", "MEDIUMTEXT", "LONGTEXT")
_BYTES = ("BINARY", "VARBINARY", "TINYBLOB", "BLOB", "MEDIUMBLOB", "LONGBLOB")
_GEOMETRIES = (
    "GEOMETRY", "POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON",
    "GEOMETRYCOLLECTION", "GEOMCOLLECTION",
)  # fmt: skip

INT_RANK = {"TINYINT": 1, "SMALLINT": 2, "MEDIUMINT": 3, "INT": 4, "BIGINT": 5}
"""Integer types from narrow to wide."""

INT_DIGITS = {"TINYINT": 3, "SMALLINT": 5, "MEDIUMINT": 8, "INT": 10, "BIGINT": 20, "YEAR": 4, "BIT": 20}
"""Decimal digits that a value of the type can have."""

_KINDS: dict[str, Kind] = {
    "NULL": "null",
    "DECIMAL": "decimal",
    "FLOAT": "float",
    "DOUBLE": "float",
    "DATE": "date",
    "DATETIME": "datetime",
    "TIMESTAMP": "datetime",
    "TIME": "time",
    "YEAR": "year",
    "JSON": "json",
    "BIT": "bit",
    "VECTOR": "vector",
    "ENUM": "enum",
    "SET": "set",
    "UNKNOWN": "unknown",
    **dict.fromkeys(INT_RANK, "int"),
    **dict.fromkeys(_STRINGS, "string"),
    **dict.fromkeys(_BYTES, "bytes"),
    **dict.fromkeys(_GEOMETRIES, "geometry"),
}

TEMPORAL: frozenset[Kind] = frozenset(("date", "datetime", "time"))
NUMERIC: frozenset[Kind] = frozenset(("int", "decimal", "float", "year", "bit"))
TEXTUAL: frozenset[Kind] = frozenset(("string", "enum", "set"))


def kind(sql_type: SqlType) -> Kind:
    """Which family of types a type belongs to."""
    found = _KINDS.get(sql_type.name, "unknown")
    return "bytes" if found == "string" and sql_type.charset == "binary" else found


def decimal(precision: int, scale: int, *, unsigned: bool = False) -> SqlType:
    """A DECIMAL within the server's limits of 65 digits, 30 of them after the point."""
    scale = min(scale, 30)
    return SqlType("DECIMAL", precision=min(max(precision, scale, 1), 65), scale=scale, unsigned=unsigned)


def temporal(name: str, scale: int | None) -> SqlType:
    """TIME or DATETIME with so many fractional digits."""
    return SqlType(name, scale=min(scale, 6) if scale else None)


def digits(sql_type: SqlType) -> tuple[int, int]:
    """Precision and scale of a type as an operand of exact arithmetic."""
    match kind(sql_type):
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


def cast_type(data_type: DataType) -> SqlType:
    """The type of CAST(... AS data_type), of a JSON_TABLE column, of JSON_VALUE's RETURNING."""
    name = data_type.name
    args = data_type.args
    if data_type.array:
        return JSON
    if name in {"SIGNED", "UNSIGNED"}:
        return SqlType("BIGINT", unsigned=name == "UNSIGNED")
    if name == "DECIMAL":
        return decimal(args[0] if args else 10, args[1] if len(args) > 1 else 0, unsigned=data_type.unsigned)
    if name in {"TIME", "DATETIME", "TIMESTAMP"}:
        return temporal(name, args[0] if args else None)
    if name == "FLOAT" and args and args[0] > _FLOAT_DIGITS:
        return DOUBLE
    length = args[0] if args else None
    if name in {"CHAR", "NCHAR"} or (name in _STRINGS and data_type.charset == "binary"):
        charset = "binary" if data_type.charset == "binary" else data_type.charset
        return SqlType("VARBINARY" if charset == "binary" else "VARCHAR", length=length, charset=charset)
    if name == "BINARY":
        return SqlType("VARBINARY", length=length, charset="binary")
    charset = "binary" if name in _BYTES else data_type.charset
    is_bool = name == "TINYINT" and length == 1
    if name in INT_RANK and not is_bool:
        length = None
    return SqlType(
        name,
        unsigned=data_type.unsigned or name == "YEAR",
        length=length,
        values=data_type.values,
        charset=charset,
        is_bool=is_bool,
    )


_FLOAT_DIGITS = 24
