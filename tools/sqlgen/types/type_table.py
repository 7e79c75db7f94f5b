"""The table of the types of MySQL and MariaDB: one row a type, for everything that follows from its name."""

from typing import Literal

from msgspec import Struct

Family = Literal[
    "null", "int", "decimal", "float", "string", "bytes", "date", "datetime", "time", "year", "json", "bit",
    "geometry", "vector", "enum", "set", "unknown",
]  # fmt: skip


class TypeRow(Struct, frozen=True, gc=False):
    family: Family
    bits: int | None = None
    """Of an integer type."""
    most_bytes: int | None = None
    """Of a text or blob type: the length of the longest value, which needs no declaration."""
    binary: str | None = None
    """Of a string type: its type with CHARACTER SET binary."""


TYPES: dict[str, TypeRow] = {
    "NULL": TypeRow("null"),
    "TINYINT": TypeRow("int", bits=8),
    "SMALLINT": TypeRow("int", bits=16),
    "MEDIUMINT": TypeRow("int", bits=24),
    "INT": TypeRow("int", bits=32),
    "BIGINT": TypeRow("int", bits=64),
    "BIT": TypeRow("bit"),
    "DECIMAL": TypeRow("decimal"),
    "FLOAT": TypeRow("float"),
    "DOUBLE": TypeRow("float"),
    "DATE": TypeRow("date"),
    "DATETIME": TypeRow("datetime"),
    "TIMESTAMP": TypeRow("datetime"),
    "TIME": TypeRow("time"),
    "YEAR": TypeRow("year"),
    "CHAR": TypeRow("string", binary="BINARY"),
    "VARCHAR": TypeRow("string", binary="VARBINARY"),
    "TINYTEXT": TypeRow("string", most_bytes=2**8 - 1, binary="TINYBLOB"),
    "TEXT": TypeRow("string", most_bytes=2**16 - 1, binary="BLOB"),
    "MEDIUMTEXT": TypeRow("string", most_bytes=2**24 - 1, binary="MEDIUMBLOB"),
    "LONGTEXT": TypeRow("string", most_bytes=2**32 - 1, binary="LONGBLOB"),
    "BINARY": TypeRow("bytes"),
    "VARBINARY": TypeRow("bytes"),
    "TINYBLOB": TypeRow("bytes", most_bytes=2**8 - 1),
    "BLOB": TypeRow("bytes", most_bytes=2**16 - 1),
    "MEDIUMBLOB": TypeRow("bytes", most_bytes=2**24 - 1),
    "LONGBLOB": TypeRow("bytes", most_bytes=2**32 - 1),
    "ENUM": TypeRow("enum"),
    "SET": TypeRow("set"),
    "JSON": TypeRow("json"),
    "VECTOR": TypeRow("vector"),
    "GEOMETRY": TypeRow("geometry"),
    "POINT": TypeRow("geometry"),
    "LINESTRING": TypeRow("geometry"),
    "POLYGON": TypeRow("geometry"),
    "MULTIPOINT": TypeRow("geometry"),
    "MULTILINESTRING": TypeRow("geometry"),
    "MULTIPOLYGON": TypeRow("geometry"),
    "GEOMETRYCOLLECTION": TypeRow("geometry"),
    "GEOMCOLLECTION": TypeRow("geometry"),
    "UUID": TypeRow("string"),
    "INET4": TypeRow("string"),
    "INET6": TypeRow("string"),
    "UNKNOWN": TypeRow("unknown"),
}

SQL_TYPES = frozenset(TYPES) - {"NULL", "UNKNOWN", "GEOMCOLLECTION"}
"""The names of the types of columns, except for a synonym."""

STRINGS = tuple(name for name, row in TYPES.items() if row.binary is not None)
BYTES = tuple(name for name, row in TYPES.items() if row.family == "bytes")

INT_BITS = {name: row.bits for name, row in TYPES.items() if row.bits is not None}
"""Integer types from narrow to wide."""
INT_RANK = {name: rank for rank, name in enumerate(INT_BITS, 1)}

MOST_BYTES = {name: row.most_bytes for name, row in TYPES.items() if row.most_bytes is not None}
"""TEXT and BLOB types, which are stored outside of the row: the length of their longest value."""


def int_digits(bits: int, *, unsigned: bool) -> int:
    """Return the decimal digits of the largest integer of that many bits: 3 for 8 bits, 19 or 20 for 64."""
    return len(str(2 ** (bits if unsigned else bits - 1)))


INT_DIGITS = {name: int_digits(bits, unsigned=True) for name, bits in INT_BITS.items()} | {
    "YEAR": 4,
    "BIT": 20,
}
"""Decimal digits that a value of the type can have."""
