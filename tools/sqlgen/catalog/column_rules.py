"""MySQL's rules for the definition of one column: lengths, members, defaults, AUTO_INCREMENT."""

from collections.abc import Iterator

from tools.sqlgen.syntax.ast import (
    BoolLiteral,
    BytesLiteral,
    Call,
    ColumnDef,
    DataType,
    DecimalLiteral,
    Expr,
    FloatLiteral,
    IntLiteral,
    NullLiteral,
    StringLiteral,
    Unary,
)
from tools.sqlgen.types.collations import CHARSETS, COLLATIONS, same_charset
from tools.sqlgen.types.date_text import has_time, is_date, is_time
from tools.sqlgen.types.declared import character_bytes, charset_of, column_charset, column_collation
from tools.sqlgen.types.type_table import INT_BITS, MOST_BYTES, TYPES

_WITHOUT_DEFAULT = frozenset(MOST_BYTES) | {
    name for name, row in TYPES.items() if row.family in {"geometry", "json", "vector"}
}
_MOST: dict[str, int] = {
    **dict.fromkeys(INT_BITS, 255), "CHAR": 255, "BINARY": 255, "VARBINARY": 65_535, "BIT": 64, "DECIMAL": 65,
    "DATETIME": 6, "TIMESTAMP": 6, "TIME": 6, "TEXT": 2**32 - 1, "BLOB": 2**32 - 1, "VECTOR": 16_383,
}  # fmt: skip
"""The most that the first argument of a type can be."""
_ROW_BYTES = 65_535
_NOW = frozenset({"NOW", "CURRENT_TIMESTAMP", "LOCALTIME", "LOCALTIMESTAMP"})


def column_faults(
    written: ColumnDef, charset: str | None, collation: str | None, *, strict: bool
) -> Iterator[str]:
    """Yield what is wrong with a column of a table with these defaults; without `strict`, only for every sql_mode."""
    yield from _type_faults(written.type, charset, collation)
    yield from _auto_increment_faults(written)
    if written.generated is not None and (written.default is not None or written.on_update is not None):
        yield "a generated column takes no DEFAULT"
    if strict:
        yield from _default_faults(written)
    if written.on_update is not None and not _is_now(written.on_update, written.type):
        yield "ON UPDATE takes CURRENT_TIMESTAMP with the digits of the column, a DATETIME or TIMESTAMP"
    if written.primary and written.nullable:
        yield "a column of the primary key cannot be NULL"


def _type_faults(written: DataType, charset: str | None, collation: str | None) -> Iterator[str]:
    name, args = written.name, written.args
    most = _MOST.get(name)
    if name == "VARCHAR":
        most = _ROW_BYTES // character_bytes(column_charset(written, charset, collation))
    if args and most is not None and args[0] > most:
        yield f"{name}({args[0]}) is too long: at most {most}"
    if args and name == "BIT" and args[0] == 0:
        yield "BIT(0) has no bits"
    if name == "YEAR" and args and args[0] != 4:  # noqa: PLR2004 - the only width
        yield f"YEAR({args[0]}) is no type: write YEAR"
    if name == "FLOAT" and len(args) == 1 and args[0] > 53:  # noqa: PLR2004 - bits of a DOUBLE
        yield f"FLOAT({args[0]}) is too precise: at most 53"
    if name in {"FLOAT", "DOUBLE"} and len(args) > 1 and args[0] > 255:  # noqa: PLR2004 - digits
        yield f"{name}({args[0]},{args[1]}) is too long: at most 255"
    if len(args) > 1 and args[1] > min(args[0], 30):
        yield f"{name}({args[0]},{args[1]}) has more digits after the point than it can have"
    yield from _member_faults(written, column_collation(written, charset, collation))
    yield from charset_faults(written.charset, written.collation)


def _member_faults(written: DataType, collation: str) -> Iterator[str]:
    """Yield faults of the members of an ENUM or SET."""
    members = [value.rstrip() for value in written.values]
    if not collation.endswith(("_bin", "_cs")):
        members = [value.lower() for value in members]
    if len(set(members)) < len(members):
        yield f"a member of the {written.name} is there twice"
    if written.name == "SET" and any("," in value for value in written.values):
        yield "a member of a SET cannot have a comma"


def charset_faults(charset: str | None, collation: str | None) -> Iterator[str]:
    """Yield an unknown character set or collation, and a collation of another character set."""
    if charset is not None and charset not in CHARSETS | {"default"}:
        yield f"unknown character set '{charset}'"
    elif collation is not None and collation not in COLLATIONS | {"default"}:
        yield f"unknown collation '{collation}'"
    elif charset in {None, "default"} or collation in {None, "default"}:
        return
    elif not same_charset(str(charset), charset_of(str(collation))):
        yield f"collation '{collation}' is not one of the character set {charset}"


def _auto_increment_faults(written: ColumnDef) -> Iterator[str]:
    if not written.auto_increment:
        return
    if written.type.name not in INT_BITS:
        yield f"AUTO_INCREMENT needs an integer, not {written.type.name}"
    if written.default is not None:
        yield "AUTO_INCREMENT takes no DEFAULT"
    if written.generated is not None:
        yield "a generated column takes no AUTO_INCREMENT"


# --- defaults ---------------------------------------------------------------------------------------------


def _default_faults(written: ColumnDef) -> Iterator[str]:
    value = written.default
    if value is None:
        return
    name = written.type.name
    if isinstance(value, NullLiteral):
        if written.nullable is False or written.primary:
            yield "NULL is no default of a column that is NOT NULL"
        return
    if isinstance(value, Call) and value.name.upper() in _NOW:
        if not written.default_in_parentheses and not _is_now(value, written.type):
            yield "CURRENT_TIMESTAMP is a default of a DATETIME or TIMESTAMP with as many digits; else write (...)"
        return
    literal = _literal(value)
    if written.default_in_parentheses or literal is None:
        return
    if name in _WITHOUT_DEFAULT:
        yield f"{name} takes a default in parentheses only: write DEFAULT (...)"
    elif not _fits(literal, written.type):
        yield f"an invalid default of {name}"


_Literal = StringLiteral | IntLiteral | DecimalLiteral | FloatLiteral | BoolLiteral | BytesLiteral


def _literal(value: Expr) -> "tuple[_Literal, bool] | None":
    """Return a literal, and if it has a minus sign."""
    if isinstance(value, Unary) and value.op in {"-", "+"}:
        inner = _literal(value.operand)
        return None if inner is None else (inner[0], inner[1] != (value.op == "-"))
    return (value, False) if isinstance(value, _Literal) else None


def _fits(literal: "tuple[_Literal, bool]", target: DataType) -> bool:
    value, negative = literal
    name = target.name
    if isinstance(value, BytesLiteral):
        return name != "BIT" or int.from_bytes(value.value).bit_length() <= (target.args or (1,))[0]
    if name in INT_BITS or name in {"DECIMAL", "FLOAT", "DOUBLE", "BIT", "YEAR"}:
        number = _number(value)
        return number is not None and _in_range(-number if negative else number, target)
    if not isinstance(value, StringLiteral):
        return name not in {"ENUM", "SET", "DATE", "DATETIME", "TIMESTAMP"} or name in {
            "DATE",
            "DATETIME",
            "TIMESTAMP",
        }
    match name:
        case "DATE" | "DATETIME" | "TIMESTAMP":
            return is_date(value.value)
        case "TIME":
            return is_time(value.value) or (is_date(value.value) and has_time(value.value))
        case "ENUM":
            return value.value.lower() in {each.lower() for each in target.values}
        case "SET":
            members = {each.lower() for each in target.values}
            return not value.value or all(part.lower() in members for part in value.value.split(","))
        case "CHAR" | "VARCHAR" | "BINARY" | "VARBINARY":
            return len(value.value) <= (target.args or (1,))[0]
        case _:
            return True


def _number(value: _Literal) -> float | None:
    match value:
        case IntLiteral() | BoolLiteral():
            return value.value
        case DecimalLiteral() | FloatLiteral():
            return float(value.text)
        case StringLiteral():
            try:
                return float(value.value)
            except ValueError:
                return None
        case _:
            return None


def _in_range(number: float, target: DataType) -> bool:
    name = target.name
    if name in INT_BITS:
        bits = INT_BITS[name]
        low, high = (0, 2**bits - 1) if target.unsigned else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
        return bool(low <= round(number) <= high)
    if name == "DECIMAL":
        digits, scale = (*target.args, 0)[:2] if target.args else (10, 0)
        return abs(number) < float(10 ** (digits - scale))
    if name == "BIT":
        return 0 <= number < float(2 ** (target.args or (1,))[0])
    if name == "YEAR":
        return 0 <= number <= 99 or 1901 <= number <= 2155  # noqa: PLR2004 - the years of the type
    return True


def _is_now(value: Expr, target: DataType) -> bool:
    """True for CURRENT_TIMESTAMP with the fractional digits of the column."""
    if (
        not isinstance(value, Call)
        or value.name.upper() not in _NOW
        or target.name not in {"DATETIME", "TIMESTAMP"}
    ):
        return False
    digits = value.args[0].value if value.args and isinstance(value.args[0], IntLiteral) else 0
    return digits == (target.args[0] if target.args else 0)
