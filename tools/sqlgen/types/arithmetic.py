"""Types of the results of operators on numbers.

arithmetic("+", INT, BIGINT UNSIGNED)  ->  BIGINT UNSIGNED
arithmetic("/", INT, INT)  ->  DECIMAL(14,4)
arithmetic("+", VARCHAR, INT)  ->  DOUBLE
"""

from tools.sqlgen.types.sql_type import (
    BIGINT,
    DOUBLE,
    UBIGINT,
    UNKNOWN,
    VARBINARY,
    SqlType,
    decimal,
    digits,
    family,
)

_DIVISION_DIGITS = 4
"""div_precision_increment."""


def operand_family(sql_type: SqlType) -> str:
    """Return the family that a type has in arithmetic: int, decimal, float or unknown."""
    match family(sql_type):
        case "int" | "year" | "bit" | "date":
            return "int"
        case "decimal":
            return "decimal"
        case "time" | "datetime":
            return "decimal" if sql_type.scale else "int"
        case "unknown":
            return "unknown"
        case _:
            return "float"


def number_in_mariadb(operand: SqlType) -> SqlType:
    """Return the type that MariaDB calculates with: the members of ENUM and SET are whole numbers, not DOUBLE."""
    return BIGINT if family(operand) in {"enum", "set"} else operand


def arithmetic(operator: str, left: SqlType, right: SqlType) -> SqlType:
    """The type of `left operator right` for + - * / DIV MOD."""
    kinds = {operand_family(left), operand_family(right)}
    if operator == "DIV":
        return UBIGINT if left.unsigned or right.unsigned else BIGINT
    if "unknown" in kinds:
        return UNKNOWN if kinds == {"unknown"} else DOUBLE if "float" in kinds else UNKNOWN
    if "float" in kinds:
        return DOUBLE
    if operator == "/":
        return _quotient(left, right)
    if "decimal" in kinds:
        return _exact(operator, left, right)
    if operator == "MOD":
        return UBIGINT if left.unsigned else BIGINT
    return UBIGINT if left.unsigned or right.unsigned else BIGINT


def _quotient(left: SqlType, right: SqlType) -> SqlType:
    (left_precision, left_scale), (_, right_scale) = digits(left), digits(right)
    precision = left_precision + _DIVISION_DIGITS + right_scale
    return decimal(precision, left_scale + _DIVISION_DIGITS)


def _exact(operator: str, left: SqlType, right: SqlType) -> SqlType:
    (left_precision, left_scale), (right_precision, right_scale) = digits(left), digits(right)
    unsigned = left.unsigned and right.unsigned
    if operator == "*":
        return decimal(left_precision + right_precision, left_scale + right_scale, unsigned=unsigned)
    scale = max(left_scale, right_scale)
    whole = max(left_precision - left_scale, right_precision - right_scale)
    if operator == "MOD":
        return decimal(whole + scale, scale, unsigned=left.unsigned)
    return decimal(whole + scale + 1, scale, unsigned=unsigned)


def negation(operand: SqlType) -> SqlType:
    """The type of -operand."""
    match family(operand):
        case "int" | "year" | "bit":
            return BIGINT
        case "decimal":
            precision, scale = digits(operand)
            return decimal(precision, scale)
        case "unknown":
            return UNKNOWN
        case _:
            return DOUBLE


def bit_operation(left: SqlType, right: SqlType) -> SqlType:
    """The type of & | ^: bytes when both sides are bytes, else 64 bits."""
    if family(left) == family(right) == "bytes":
        return VARBINARY
    return UBIGINT


def total(operand: SqlType) -> SqlType:
    """The type of SUM(operand)."""
    if operand_family(operand) == "float":
        return DOUBLE
    if operand_family(operand) == "unknown":
        return UNKNOWN
    precision, scale = digits(operand)
    return decimal(precision + 22, scale)


def mean(operand: SqlType) -> SqlType:
    """The type of AVG(operand)."""
    if operand_family(operand) == "float":
        return DOUBLE
    if operand_family(operand) == "unknown":
        return UNKNOWN
    precision, scale = digits(operand)
    return decimal(precision + _DIVISION_DIGITS, scale + _DIVISION_DIGITS)
