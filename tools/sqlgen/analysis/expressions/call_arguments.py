"""The arguments of a function call, typed by the letters of its signature."""

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.expressions.coercion import (
    evaluate_coerced,
)
from tools.sqlgen.analysis.expressions.operand_checks import (
    refuse_geometries,
    refuse_vectors,
    require_one_column,
)
from tools.sqlgen.analysis.place import Place
from tools.sqlgen.analysis.values import Expected
from tools.sqlgen.functions.rules import HINTS, Rule
from tools.sqlgen.syntax.ast import (
    Call,
    ColumnRef,
    Expr,
    StringLiteral,
)
from tools.sqlgen.types.json_path import is_json_path
from tools.sqlgen.types.sql_type import BIGINT, DOUBLE, TIME, VARCHAR
from tools.sqlgen.types.typed_expr import TypedExpr


def arguments(
    ctx: Context, place: Place, call: Call, rule: Rule, expected: Expected | None = None
) -> list[TypedExpr]:
    """Return the typed arguments.

    Parameters among them get their types from the signature, or from the arguments of one common type beside them.
    """
    letters = [rule.signature.letter(index) for index in range(len(call.args))]
    values: dict[int, TypedExpr] = {}
    of_common_type = [index for index, letter in enumerate(letters) if letter == "p"]
    if of_common_type:
        fallback = _EXPECTED_AMONG_PEERS.get(call.name.upper(), expected)
        found = evaluate_coerced(ctx, place, [call.args[index] for index in of_common_type], fallback)
        values.update(zip(of_common_type, found, strict=True))
    for index, (letter, arg) in enumerate(zip(letters, call.args, strict=True)):
        if index not in values:
            values[index] = ctx.evaluate(place, arg, _expected_argument(call, letter, index))
    for arg in call.args:
        require_one_column(ctx, arg)
    found = [values[index] for index in range(len(call.args))]
    name = call.name.upper()
    if name in _WITHOUT_GEOMETRY:
        refuse_geometries(ctx, name, call.args[:1], found)
    if name not in _WITH_VECTOR and not name.startswith(("ST_", "MBR")):
        refuse_vectors(ctx, name, call.args, found)
    if name == "JSON_VALUE":
        _check_json_path(ctx, call.args[1])
    return found


def _check_json_path(ctx: Context, path: Expr) -> None:
    """Report a literal that is no JSON path (error 3143); MariaDB returns NULL for it."""
    if isinstance(path, StringLiteral) and not is_json_path(path.value) and ctx.catalog.server != "mariadb":
        ctx.report(f"'{path.value}' is no JSON path", path, "a path begins with $")


_WITHOUT_GEOMETRY = frozenset(
    ("ABS", "ACOS", "ASIN", "ATAN", "ATAN2", "AVG", "BIN", "CEIL", "CEILING", "CONV", "COS", "COT", "DEGREES", "EXP",
     "FLOOR", "FORMAT", "GREATEST", "JSON_ARRAYAGG", "JSON_OBJECTAGG", "LEAST", "LN", "LOG", "LOG10", "LOG2", "MAX",
     "MIN", "MOD", "OCT", "POW", "POWER", "RADIANS", "RAND", "ROUND", "SIGN", "SIN", "SQRT", "STD", "STDDEV",
     "STDDEV_POP", "STDDEV_SAMP", "SUM", "TAN", "TRUNCATE", "VARIANCE", "VAR_POP", "VAR_SAMP")
)  # fmt: skip
"""The functions whose first argument the server refuses if it is a geometry."""
_WITH_VECTOR = frozenset(
    ("AES_ENCRYPT", "ANY_VALUE", "ASCII", "BENCHMARK", "BIT_COUNT", "BIT_LENGTH", "CHARACTER_LENGTH", "CHARSET",
     "CHAR_LENGTH", "COALESCE", "COERCIBILITY", "COLLATION", "COMPRESS", "COUNT", "CRC32", "ETAG", "FIELD",
     "FIND_IN_SET", "FORMAT_BYTES", "FORMAT_PICO_TIME", "FROM_VECTOR", "GET_LOCK", "GROUP_CONCAT", "GTID_SUBSET",
     "GTID_SUBTRACT", "HEX", "IF", "IFNULL", "INET6_ATON", "INET6_NTOA", "INET_ATON", "INET_NTOA", "INSTR",
     "INTERVAL", "ISNULL",
     "IS_FREE_LOCK", "IS_IPV4", "IS_IPV4_COMPAT", "IS_IPV4_MAPPED", "IS_IPV6", "IS_USED_LOCK", "JSON_OVERLAPS",
     "LAST_INSERT_ID", "LENGTH", "LOCATE", "MASTER_POS_WAIT", "NULLIF", "OCTET_LENGTH", "ORD", "POINT",
     "PS_THREAD_ID", "REGEXP_INSTR", "REGEXP_LIKE", "REGEXP_REPLACE", "REGEXP_SUBSTR", "RELEASE_LOCK", "SHA2",
     "SLEEP", "SOURCE_POS_WAIT", "STRCMP", "STRING_TO_VECTOR", "TO_BASE64", "TO_VECTOR",
     "VALIDATE_PASSWORD_STRENGTH", "VECTOR_DIM", "VECTOR_TO_STRING", "WAIT_FOR_EXECUTED_GTID_SET")
)  # fmt: skip
"""The functions that the server calls with a VECTOR, beside those of geometry."""


_EXPECTED_AMONG_PEERS = {
    "MOD": Expected(DOUBLE, weak=True),
    "ADDDATE": Expected(BIGINT),
    "SUBDATE": Expected(BIGINT),
}
"""The expected type of a parameter if no argument beside it has a type."""


def _expected_argument(call: Call, letter: str, index: int) -> Expected | None:
    name = call.name.upper()
    if name in {"ADDTIME", "SUBTIME"} and index == 1:
        return Expected(TIME)
    if name == "CONCAT" and letter == "s":
        return Expected(VARCHAR, name=_neighbour_name(call, index))
    hint = HINTS[letter]
    if hint is None:
        return Expected(VARCHAR, weak=True) if letter == "a" else None
    return Expected(hint, weak=letter == "c")


def _neighbour_name(call: Call, index: int) -> str | None:
    """CONCAT(name, ?): the name of the only column beside the parameter."""
    columns = [arg.column for at, arg in enumerate(call.args) if at != index and isinstance(arg, ColumnRef)]
    return columns[0] if len(columns) == 1 else None
