"""A type as written in DDL -> the type of a column."""

from typing import Final

from tools.sqlgen.syntax.ast import DataType
from tools.sqlgen.types.sql_type import (
    DOUBLE,
    JSON,
    SqlType,
    decimal,
    temporal,
)
from tools.sqlgen.types.type_table import BYTES, INT_BITS, MOST_BYTES, STRINGS, TYPES, int_digits

DEFAULT_CHARSET: Final = "utf8mb4"
_CHARACTER_BYTES = {
    "utf8": 3, "utf8mb3": 3, "utf8mb4": 4, "ucs2": 2, "utf16": 4, "utf16le": 4, "utf32": 4, "big5": 2,
    "gbk": 2, "gb2312": 2, "gb18030": 4, "sjis": 2, "cp932": 2, "ujis": 3, "eucjpms": 3, "euckr": 2,
}  # fmt: skip
"""The most bytes of a character; 1 in every other set."""
_DOUBLE_FROM = 25
"""FLOAT(p) with p of 25 and more bits is a DOUBLE."""


def sql_type(written: DataType, charset: str | None = None, collation: str | None = None) -> SqlType:
    """Return the type of a declared column in a table whose defaults are `charset` and `collation`."""
    name = written.name
    first = written.args[0] if written.args else None
    if name in INT_BITS:
        is_bool = name == "TINYINT" and first == 1
        precision = int_digits(INT_BITS[name], unsigned=written.unsigned)
        return SqlType(
            name, unsigned=written.unsigned, length=first, precision=precision, scale=0, is_bool=is_bool
        )
    if name == "DECIMAL":
        scale = written.args[1] if len(written.args) > 1 else 0
        return SqlType(name, unsigned=written.unsigned, precision=first or 10, scale=scale)
    if name in {"FLOAT", "DOUBLE"}:
        return _float(written)
    if name in {"ENUM", "SET"}:
        return SqlType(name, values=written.values, charset=column_charset(written, charset, collation))
    if name in STRINGS:
        return _string(written, column_charset(written, charset, collation))
    if name in BYTES:
        length = first if first is not None else MOST_BYTES.get(name, 1)
        return SqlType(name, length=length, charset="binary")
    return _other(name, first)


def character_bytes(charset: str) -> int:
    """Return the most bytes of a character of that set."""
    return _CHARACTER_BYTES.get(charset, 1)


def widened_text(name: str, old: str, new: str) -> str:
    """Return the text type to which CONVERT TO changes `name`, so that as many characters fit in the wider set."""
    texts = [each for each in MOST_BYTES if each.endswith("TEXT")]
    old_width, new_width = _CHARACTER_BYTES.get(old, 1), _CHARACTER_BYTES.get(new, 1)
    if name not in texts or new_width <= old_width:
        return name
    needed = MOST_BYTES[name] // old_width * new_width
    return next((each for each in texts if MOST_BYTES[each] >= needed), name)


def _other(name: str, first: int | None) -> SqlType:
    if name in {"TIME", "DATETIME", "TIMESTAMP"}:
        return SqlType(name, scale=first or 0)
    if name == "BIT":
        return SqlType(name, length=first or 1, unsigned=True)
    if name == "YEAR":
        return SqlType(name, unsigned=True)
    if name == "VECTOR":
        return SqlType(name, length=first or 2048)
    return SqlType(name)


def _float(written: DataType) -> SqlType:
    args = written.args
    if len(args) == 1 and args[0] >= _DOUBLE_FROM:
        return SqlType("DOUBLE", unsigned=written.unsigned)
    if len(args) == 2:  # noqa: PLR2004 - precision and scale
        return SqlType(written.name, unsigned=written.unsigned, precision=args[0], scale=args[1])
    return SqlType(written.name, unsigned=written.unsigned)


def _string(written: DataType, charset: str) -> SqlType:
    """CHAR(16) CHARACTER SET binary is BINARY(16)."""
    name = written.name
    length = written.args[0] if written.args else MOST_BYTES.get(name, 1)
    return SqlType(
        TYPES[name].binary or name if charset == "binary" else name, length=length, charset=charset
    )


def column_charset(written: DataType, charset: str | None, collation: str | None) -> str:
    """The column's own character set, else that of its own collation, else the table's."""
    if written.charset is not None and written.charset != "default":
        return written.charset
    if written.collation is not None:
        return charset_of(written.collation)
    if charset is not None and charset != "default":
        return charset
    return charset_of(collation) if collation is not None else DEFAULT_CHARSET


def column_collation(written: DataType, charset: str | None, collation: str | None) -> str:
    """Return the collation of a text column in a table whose defaults are `charset` and `collation`.

    `default of latin1` is the default collation of a character set, `default` that of the database: the settings of the
    server decide which these are.
    """
    if written.collation is not None:
        return written.collation.lower()
    if written.binary_attribute:
        return f"{column_charset(written, charset, collation)}_bin"
    if written.charset is None and collation is not None:
        return collation.lower()
    own = written.charset or charset
    return "default" if own in {None, "default"} else f"default of {own}"


def charset_of(collation: str) -> str:
    """utf8mb4_0900_ai_ci -> utf8mb4"""
    return collation.partition("_")[0]


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
    if name == "BIT":
        return _other(name, length)
    if name in {"CHAR", "NCHAR"} or (name in STRINGS and data_type.charset == "binary"):
        charset = "binary" if data_type.charset == "binary" else data_type.charset
        return SqlType("VARBINARY" if charset == "binary" else "VARCHAR", length=length, charset=charset)
    if name == "BINARY":
        return SqlType("VARBINARY", length=length, charset="binary")
    charset = "binary" if name in BYTES else data_type.charset
    is_bool = name == "TINYINT" and length == 1
    if name in INT_BITS and not is_bool:
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
