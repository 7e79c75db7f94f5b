"""The table of functions: name, arguments, result type, nullability.

To add a function, add a line to its block:

    "SUBSTRING_INDEX": _rule("ssi", text_of_first),

The letters of the signature are explained in rules.py. By default the result is NULL exactly if an argument is
NULL; `nulls=` is for other rules, `in_mariadb=` for arguments that MySQL refuses and MariaDB answers with NULL, and
`rejects=` lists the arguments whose NULL makes the result NULL if those are not all.
"""

from tools.sqlgen.functions import null_rules as null
from tools.sqlgen.functions import result_types as results
from tools.sqlgen.functions.result_types import (
    always,
    merged,
    merged_in_mariadb,
    same,
    text,
    text_after_first,
    text_of_first,
)
from tools.sqlgen.functions.rules import Args, FunctionKind, NullRule, ResultRule, Rule, TypedArgs, signature
from tools.sqlgen.types.arithmetic import arithmetic, mean, total
from tools.sqlgen.types.sql_type import (
    BIGINT,
    BOOL,
    DATE,
    DECIMAL,
    DOUBLE,
    GEOMETRY,
    JSON,
    LONGBLOB,
    LONGTEXT,
    UBIGINT,
    VARBINARY,
    VARCHAR,
    VECTOR,
    YEAR,
    SqlType,
    family,
)


def _rule(
    arguments: str,
    result: ResultRule | SqlType,
    nulls: NullRule = null.strict,
    rejects: tuple[int, ...] | None = None,
    *,
    of: FunctionKind = "scalar",
    deterministic: bool = True,
    unchanged: bool = False,
    in_mariadb: NullRule | None = None,
    result_in_mariadb: ResultRule | SqlType | None = None,
) -> Rule:
    if isinstance(result, SqlType):
        result = always(result)
    if isinstance(result_in_mariadb, SqlType):
        result_in_mariadb = always(result_in_mariadb)
    if nulls is null.never and rejects is None:
        rejects = ()
    return Rule(
        signature(arguments),
        result,
        nulls,
        rejects,
        of,
        deterministic,
        unchanged,
        result_in_mariadb,
        in_mariadb,
    )


def _sum(values: TypedArgs, _args: Args) -> SqlType:
    return total(values[0].type)


def _mean(values: TypedArgs, _args: Args) -> SqlType:
    return mean(values[0].type)


def _bits(values: TypedArgs, _args: Args) -> SqlType:
    return VARBINARY if family(values[0].type) == "bytes" else UBIGINT


def _modulo(values: TypedArgs, _args: Args) -> SqlType:
    return arithmetic("MOD", values[0].type, values[1].type)


_STRING = {
    "ASCII": _rule("s", BIGINT),
    "BIN": _rule("i", VARCHAR, null.of_number),
    "BIT_LENGTH": _rule("s", BIGINT),
    "CHAR": _rule("i*", VARBINARY, null.never),
    "CHAR_LENGTH": _rule("s", BIGINT),
    "CHARACTER_LENGTH": _rule("s", BIGINT),
    "CONCAT": _rule("s*", text),
    "CONCAT_WS": _rule("ss*", text, null.first, (0,)),
    "ELT": _rule("is*", text_after_first, null.maybe, (0,)),
    "EXPORT_SET": _rule("iss[si", results.text_of(1, 4)),
    "FIELD": _rule("pp*", BIGINT, null.never),
    "FIND_IN_SET": _rule("ss", BIGINT),
    "FORMAT": _rule("ni[s", VARCHAR, null.of_number, (0, 1)),
    "FROM_BASE64": _rule("s", VARBINARY, null.maybe),
    "HEX": _rule("a", VARCHAR),
    "INSERT": _rule("siis", text_of_first),
    "INSTR": _rule("ss", BIGINT),
    "LCASE": _rule("s", text),
    "LEFT": _rule("si", text_of_first),
    "LENGTH": _rule("s", BIGINT),
    "LOAD_FILE": _rule("s", LONGBLOB, null.maybe),
    "LOCATE": _rule("ss[i", BIGINT),
    "LOWER": _rule("s", text),
    "LPAD": _rule("sis", text_of_first, null.of_length),
    "LTRIM": _rule("s", text_of_first),
    "MAKE_SET": _rule("is*", text_after_first, null.first, (0,)),
    "MID": _rule("si[i", text_of_first),
    "OCT": _rule("i", VARCHAR, null.of_number),
    "OCTET_LENGTH": _rule("s", BIGINT),
    "ORD": _rule("s", BIGINT),
    "POSITION": _rule("ss", BIGINT),
    "QUOTE": _rule("s", results.quoted, null.never),
    "REGEXP_INSTR": _rule("ss[iiis", BIGINT),
    "REGEXP_LIKE": _rule("ss[s", BOOL),
    "REGEXP_REPLACE": _rule("sss[iis", results.text_of(0, 2)),
    "REGEXP_SUBSTR": _rule("ss[iis", results.text_of(0, 2), null.maybe),
    "REPEAT": _rule("si", text_of_first, null.of_length),
    "REPLACE": _rule("sss", text_of_first, rejects=(0, 1)),
    "REVERSE": _rule("s", text),
    "RIGHT": _rule("si", text_of_first),
    "RPAD": _rule("sis", text_of_first, null.of_length),
    "RTRIM": _rule("s", text_of_first),
    "SOUNDEX": _rule("s", text),
    "SPACE": _rule("i", VARCHAR, null.of_length),
    "STRCMP": _rule("ss", BIGINT),
    "SUBSTR": _rule("si[i", text_of_first),
    "SUBSTRING": _rule("si[i", text_of_first),
    "SUBSTRING_INDEX": _rule("ssi", text_of_first),
    "TO_BASE64": _rule("s", VARCHAR),
    "TRIM": _rule("s[s", text_of_first),
    "UCASE": _rule("s", text),
    "UNHEX": _rule("s", VARBINARY, null.maybe),
    "UPPER": _rule("s", text),
    "WEIGHT_STRING": _rule("s[iiii", VARBINARY, null.maybe),
}

_NUMERIC = {
    "ABS": _rule("f", results.absolute),
    "ACOS": _rule("f", DOUBLE, null.maybe),
    "ASIN": _rule("f", DOUBLE, null.maybe),
    "ATAN": _rule("f[f", DOUBLE),
    "ATAN2": _rule("f[f", DOUBLE),
    "CEIL": _rule("f", results.whole),
    "CEILING": _rule("f", results.whole),
    "CONV": _rule("sii", VARCHAR, null.maybe),
    "COS": _rule("f", DOUBLE),
    "COT": _rule("f", DOUBLE),
    "CRC32": _rule("s", UBIGINT),
    "DEGREES": _rule("f", DOUBLE),
    "EXP": _rule("f", DOUBLE),
    "FLOOR": _rule("f", results.whole),
    "GREATEST": _rule(
        "pp*", results.merged_extremum, in_mariadb=null.of_mixed_times, result_in_mariadb=results.compared
    ),
    "INTERVAL": _rule("pp*", BIGINT, null.never),
    "LEAST": _rule(
        "pp*", results.merged_extremum, in_mariadb=null.of_mixed_times, result_in_mariadb=results.compared
    ),
    "LN": _rule("f", DOUBLE, null.maybe),
    "LOG": _rule("f[f", DOUBLE, null.maybe),
    "LOG10": _rule("f", DOUBLE, null.maybe),
    "LOG2": _rule("f", DOUBLE, null.maybe),
    "MOD": _rule("pp", _modulo, null.of_zero_divisor),
    "PI": _rule("", DOUBLE),
    "POW": _rule("ff", DOUBLE),
    "POWER": _rule("ff", DOUBLE),
    "RADIANS": _rule("f", DOUBLE),
    "RAND": _rule("[i", DOUBLE, null.never, deterministic=False),
    "ROUND": _rule("n[i", results.rounded),
    "SIGN": _rule("f", BIGINT),
    "SIN": _rule("f", DOUBLE),
    "SQRT": _rule("f", DOUBLE, null.maybe),
    "TAN": _rule("f", DOUBLE),
    "TRUNCATE": _rule("ni", results.rounded),
    "BIT_COUNT": _rule("i", BIGINT),
}

_DATES = {
    "ADDDATE": _rule("dp", results.date_shift, null.maybe),
    "ADDTIME": _rule("tt", results.time_shift, null.maybe),
    "CONVERT_TZ": _rule("mss", results.temporal_of_first("DATETIME"), null.maybe),
    "CURDATE": _rule("", DATE),
    "CURRENT_DATE": _rule("", DATE),
    "CURRENT_TIME": _rule("[i", results.fractional("TIME")),
    "CURRENT_TIMESTAMP": _rule("[i", results.fractional("DATETIME")),
    "CURTIME": _rule("[i", results.fractional("TIME")),
    "DATE": _rule("d", DATE, null.of_date),
    "DATE_ADD": _rule("dp", results.date_shift, null.maybe),
    "DATE_FORMAT": _rule("ms", VARCHAR, null.of_formatted_date, (0, 1)),
    "DATE_SUB": _rule("dp", results.date_shift, null.maybe),
    "DATEDIFF": _rule("mm", BIGINT, null.of_dates),
    "DAY": _rule("m", BIGINT, null.of_date),
    "DAYNAME": _rule("m", VARCHAR, null.of_date),
    "DAYOFMONTH": _rule("m", BIGINT, null.of_date),
    "DAYOFWEEK": _rule("m", BIGINT, null.of_date),
    "DAYOFYEAR": _rule("m", BIGINT, null.of_date),
    "EXTRACT": _rule("um", BIGINT, null.of_units_date, (1,)),
    "FROM_DAYS": _rule("i", DATE, null.maybe),
    "FROM_UNIXTIME": _rule("n[s", results.from_seconds, null.maybe),
    "GET_FORMAT": _rule("us", VARCHAR, null.maybe, (1,)),
    "HOUR": _rule("m", BIGINT, null.of_time),
    "LAST_DAY": _rule("m", DATE, null.of_date),
    "LOCALTIME": _rule("[i", results.fractional("DATETIME")),
    "LOCALTIMESTAMP": _rule("[i", results.fractional("DATETIME")),
    "MAKEDATE": _rule("ii", DATE, null.maybe),
    "MAKETIME": _rule("iin", results.seconds_as_time, null.of_clock),
    "MICROSECOND": _rule("m", BIGINT, null.of_time),
    "MINUTE": _rule("m", BIGINT, null.of_time),
    "MONTH": _rule("m", BIGINT, null.of_date),
    "MONTHNAME": _rule("m", VARCHAR, null.of_date),
    "NOW": _rule("[i", results.fractional("DATETIME")),
    "PERIOD_ADD": _rule("ii", BIGINT),
    "PERIOD_DIFF": _rule("ii", BIGINT),
    "QUARTER": _rule("m", BIGINT, null.of_date),
    "SEC_TO_TIME": _rule("n", results.seconds_as_time, null.of_number),
    "SECOND": _rule("m", BIGINT, null.of_time),
    "STR_TO_DATE": _rule("ss", results.parsed_date, null.maybe),
    "SUBDATE": _rule("dp", results.date_shift, null.maybe),
    "SUBTIME": _rule("tt", results.time_shift, null.maybe),
    "SYSDATE": _rule("[i", results.fractional("DATETIME"), deterministic=False),
    "TIME": _rule("m", results.temporal_of_first("TIME"), null.of_time),
    "TIME_FORMAT": _rule("ts", VARCHAR, null.of_formatted_time),
    "TIME_TO_SEC": _rule("t", BIGINT, null.of_time),
    "TIMEDIFF": _rule("pp", results.temporal_of_first("TIME"), null.maybe),
    "TIMESTAMP": _rule("m[t", results.temporal_of_first("DATETIME"), null.maybe),
    "TIMESTAMPADD": _rule("uid", results.timestamp_add, null.maybe, (1, 2)),
    "TIMESTAMPDIFF": _rule("umm", BIGINT, null.of_dates_after_unit, (1, 2)),
    "TO_DAYS": _rule("m", BIGINT, null.of_date),
    "TO_SECONDS": _rule("m", BIGINT, null.of_date),
    "UNIX_TIMESTAMP": _rule("[m", results.unix_seconds, in_mariadb=null.with_arguments),
    "UTC_DATE": _rule("", DATE),
    "UTC_TIME": _rule("[i", results.fractional("TIME")),
    "UTC_TIMESTAMP": _rule("[i", results.fractional("DATETIME")),
    "WEEK": _rule("m[i", BIGINT, null.of_date, (0,)),
    "WEEKDAY": _rule("m", BIGINT, null.of_date),
    "WEEKOFYEAR": _rule("m", BIGINT, null.of_date),
    "YEAR": _rule("m", YEAR, null.of_date, result_in_mariadb=BIGINT),
    "YEARWEEK": _rule("m[i", BIGINT, null.of_date, (0,)),
}

_JSON = {
    "JSON_ARRAY": _rule("[a*", JSON, null.never),
    "JSON_ARRAY_APPEND": _rule("jsa**", JSON, null.of_document, (0, 1), in_mariadb=null.maybe),
    "JSON_ARRAY_INSERT": _rule("jsa**", JSON, null.of_document, (0, 1), in_mariadb=null.maybe),
    "JSON_CONTAINS": _rule("js[s", BOOL, null.unless_third, in_mariadb=null.of_json),
    "JSON_CONTAINS_PATH": _rule("jss*", BOOL, in_mariadb=null.maybe),
    "JSON_DEPTH": _rule("j", BIGINT, in_mariadb=null.of_json),
    "JSON_EXTRACT": _rule("js*", JSON, null.maybe),
    "JSON_INSERT": _rule("jsa**", JSON, null.of_document, (0, 1), in_mariadb=null.maybe),
    "JSON_KEYS": _rule("j[s", JSON, null.maybe),
    "JSON_LENGTH": _rule("j[s", BIGINT, null.unless_path, in_mariadb=null.of_json),
    "JSON_MERGE": _rule("jj*", JSON, in_mariadb=null.of_json),
    "JSON_MERGE_PATCH": _rule("jj*", JSON, rejects=(), in_mariadb=null.of_json),
    "JSON_MERGE_PRESERVE": _rule("jj*", JSON, in_mariadb=null.of_json),
    "JSON_OBJECT": _rule("[sa**", JSON, null.never),
    "JSON_OVERLAPS": _rule("jj", BOOL, in_mariadb=null.of_json),
    "JSON_PRETTY": _rule("j", LONGTEXT, in_mariadb=null.of_json),
    "JSON_QUOTE": _rule("s", VARCHAR, in_mariadb=null.of_text),
    "JSON_REMOVE": _rule("js*", JSON, in_mariadb=null.maybe),
    "JSON_REPLACE": _rule("jsa**", JSON, null.of_document, (0, 1), in_mariadb=null.maybe),
    "JSON_SCHEMA_VALID": _rule("jj", BOOL, in_mariadb=null.maybe),
    "JSON_SCHEMA_VALIDATION_REPORT": _rule("jj", JSON),
    "JSON_SEARCH": _rule("jss[ss*", JSON, null.maybe, (0, 1, 2)),
    "JSON_SET": _rule("jsa**", JSON, null.of_document, (0, 1), in_mariadb=null.maybe),
    "JSON_STORAGE_FREE": _rule("j", BIGINT),
    "JSON_STORAGE_SIZE": _rule("j", BIGINT),
    "JSON_TYPE": _rule("j", VARCHAR, in_mariadb=null.of_json),
    "JSON_UNQUOTE": _rule("s", LONGTEXT),
    "JSON_VALID": _rule("a", BOOL, rejects=()),
    "JSON_VALUE": _rule("js[s", VARCHAR, null.maybe, (0,)),
}

_CONTROL = {
    "COALESCE": _rule("p*", merged, null.all_null, (), result_in_mariadb=merged_in_mariadb),
    "IF": _rule("cpp", merged, rejects=(), result_in_mariadb=merged_in_mariadb),
    "IFNULL": _rule("pp", merged, null.all_null, (), result_in_mariadb=merged_in_mariadb),
    "ISNULL": _rule("a", BOOL, null.never),
    "NULLIF": _rule("pp", results.first_of_compared, null.maybe, (0,), unchanged=True),
    "ANY_VALUE": _rule("a", same, unchanged=True),
    "NAME_CONST": _rule("sa", lambda values, _args: values[1].type, null.last, (1,)),
    "DEFAULT": _rule("a", same, null.maybe),
    "GROUPING": _rule("a*", BIGINT, null.never),
    "LAST_INSERT_ID": _rule("[i", UBIGINT, deterministic=False),
}

_HASHES = {
    "AES_DECRYPT": _rule("bs[sssi", VARBINARY, null.maybe, (0, 1)),
    "AES_ENCRYPT": _rule("ss[sssi", VARBINARY, null.maybe, (0, 1)),
    "COMPRESS": _rule("s", VARBINARY),
    "MD5": _rule("s", VARCHAR),
    "RANDOM_BYTES": _rule("i", VARBINARY, deterministic=False, in_mariadb=null.of_byte_count),
    "SHA": _rule("s", VARCHAR),
    "SHA1": _rule("s", VARCHAR),
    "SHA2": _rule("si", VARCHAR, null.of_digest, (0,)),
    "STATEMENT_DIGEST": _rule("s", VARCHAR),
    "STATEMENT_DIGEST_TEXT": _rule("s", LONGTEXT),
    "UNCOMPRESS": _rule("b", LONGBLOB, null.maybe),
    "UNCOMPRESSED_LENGTH": _rule("b", UBIGINT, in_mariadb=null.maybe),
    "VALIDATE_PASSWORD_STRENGTH": _rule("s", BIGINT),
    "ENCODE": _rule("ss", VARBINARY, null.maybe),
    "DECODE": _rule("bs[a*", VARBINARY, null.maybe, ()),
    "DES_ENCRYPT": _rule("s[s", VARBINARY, null.maybe, (0,)),
    "DES_DECRYPT": _rule("b[s", VARBINARY, null.maybe, (0,)),
    "ENCRYPT": _rule("s[s", VARCHAR, null.maybe, (0,)),
    "OLD_PASSWORD": _rule("s", VARCHAR, null.maybe),
    "PASSWORD": _rule("s", VARCHAR, null.maybe, ()),
}

_NETWORK = {
    "INET6_ATON": _rule("s", VARBINARY, null.maybe),
    "INET6_NTOA": _rule("b", VARCHAR, null.maybe),
    "INET_ATON": _rule("s", UBIGINT, null.maybe),
    "INET_NTOA": _rule("i", VARCHAR, null.of_address),
    "IS_IPV4": _rule("s", BOOL, rejects=()),
    "IS_IPV4_COMPAT": _rule("b", BOOL, rejects=()),
    "IS_IPV4_MAPPED": _rule("b", BOOL, rejects=()),
    "IS_IPV6": _rule("s", BOOL, rejects=()),
    "BIN_TO_UUID": _rule("b[i", VARCHAR, rejects=(0,)),
    "IS_UUID": _rule("s", BOOL),
    "UUID": _rule("", VARCHAR, deterministic=False),
    "UUID_SHORT": _rule("", UBIGINT, deterministic=False),
    "UUID_TO_BIN": _rule("s[i", SqlType("VARBINARY", length=16, charset="binary"), rejects=(0,)),
}

_SESSION = {
    "BENCHMARK": _rule("ia", BIGINT, null.maybe, ()),
    "CHARSET": _rule("s", VARCHAR, null.never),
    "COERCIBILITY": _rule("s", BIGINT, null.never),
    "COLLATION": _rule("s", VARCHAR, null.never),
    "CONNECTION_ID": _rule("", UBIGINT),
    "CURRENT_ROLE": _rule("", LONGTEXT, null.maybe),
    "CURRENT_USER": _rule("", VARCHAR),
    "DATABASE": _rule("", VARCHAR, null.maybe),
    "FORMAT_BYTES": _rule("f", VARCHAR, null.of_number),
    "FORMAT_PICO_TIME": _rule("f", VARCHAR, null.of_number),
    "FOUND_ROWS": _rule("", BIGINT, deterministic=False),
    "GET_LOCK": _rule("si", BIGINT, null.maybe, (), deterministic=False),
    "ICU_VERSION": _rule("", VARCHAR),
    "IS_FREE_LOCK": _rule("s", BIGINT, null.maybe, (), deterministic=False),
    "IS_USED_LOCK": _rule("s", UBIGINT, null.maybe, (), deterministic=False),
    "MASTER_POS_WAIT": _rule("si[is", BIGINT, null.maybe, ()),
    "PS_CURRENT_THREAD_ID": _rule("", UBIGINT, null.maybe),
    "PS_THREAD_ID": _rule("i", UBIGINT, null.maybe),
    "RELEASE_ALL_LOCKS": _rule("", UBIGINT, deterministic=False),
    "RELEASE_LOCK": _rule("s", BIGINT, null.maybe, (), deterministic=False),
    "ROLES_GRAPHML": _rule("", LONGTEXT, null.maybe),
    "ROW_COUNT": _rule("", BIGINT, deterministic=False),
    "SCHEMA": _rule("", VARCHAR, null.maybe),
    "SESSION_USER": _rule("", VARCHAR),
    "SLEEP": _rule("n", BIGINT, null.never, deterministic=False),
    "SOURCE_POS_WAIT": _rule("si[is", BIGINT, null.maybe, ()),
    "SYSTEM_USER": _rule("", VARCHAR),
    "USER": _rule("", VARCHAR),
    "VERSION": _rule("", VARCHAR),
    "WAIT_FOR_EXECUTED_GTID_SET": _rule("s[n", BIGINT, null.maybe, ()),
    "WAIT_UNTIL_SQL_THREAD_AFTER_GTIDS": _rule("s[is", BIGINT, null.maybe, ()),
    "GTID_SUBSET": _rule("ss", BOOL),
    "GTID_SUBTRACT": _rule("ss", LONGTEXT),
    "EXTRACTVALUE": _rule("ss", text, null.maybe),
    "UPDATEXML": _rule("sss", text, null.maybe),
    "VECTOR_DIM": _rule("v", BIGINT),
    "TO_VECTOR": _rule("s", VECTOR),
    "STRING_TO_VECTOR": _rule("s", VECTOR),
    "FROM_VECTOR": _rule("v", LONGTEXT),
    "VECTOR_TO_STRING": _rule("v", LONGTEXT),
    "ETAG": _rule("a*", VARCHAR, null.maybe, ()),
}

_SPATIAL = {
    **{
        name: _rule("gg", BOOL, null.maybe)
        for name in (
            "MBRCONTAINS",
            "MBRCOVEREDBY",
            "MBRCOVERS",
            "MBRDISJOINT",
            "MBREQUALS",
            "MBREQUAL",
            "MBRINTERSECTS",
            "MBROVERLAPS",
            "MBRTOUCHES",
            "MBRWITHIN",
            "ST_CONTAINS",
            "ST_CROSSES",
            "ST_DISJOINT",
            "ST_EQUALS",
            "ST_INTERSECTS",
            "ST_OVERLAPS",
            "ST_TOUCHES",
            "ST_WITHIN",
            "CONTAINS",
            "CROSSES",
            "DISJOINT",
            "EQUALS",
            "INTERSECTS",
            "OVERLAPS",
            "TOUCHES",
            "WITHIN",
        )
    },
    **{
        f"{prefix}{name}": _rule("s[is", GEOMETRY, rejects=(0,), in_mariadb=null.maybe)
        for prefix in ("ST_", "")
        for name in (
            "GEOMCOLLFROMTEXT",
            "GEOMCOLLFROMTXT",
            "GEOMETRYCOLLECTIONFROMTEXT",
            "GEOMETRYFROMTEXT",
            "GEOMFROMTEXT",
            "LINEFROMTEXT",
            "LINESTRINGFROMTEXT",
            "MLINEFROMTEXT",
            "MPOINTFROMTEXT",
            "MPOLYFROMTEXT",
            "MULTILINESTRINGFROMTEXT",
            "MULTIPOINTFROMTEXT",
            "MULTIPOLYGONFROMTEXT",
            "POINTFROMTEXT",
            "POLYFROMTEXT",
            "POLYGONFROMTEXT",
        )
    },
    **{
        f"{prefix}{name}": _rule("b[is", GEOMETRY, null.maybe, (0,))
        for prefix in ("ST_", "")
        for name in (
            "GEOMCOLLFROMWKB",
            "GEOMETRYCOLLECTIONFROMWKB",
            "GEOMETRYFROMWKB",
            "GEOMFROMWKB",
            "LINEFROMWKB",
            "LINESTRINGFROMWKB",
            "MLINEFROMWKB",
            "MPOINTFROMWKB",
            "MPOLYFROMWKB",
            "MULTILINESTRINGFROMWKB",
            "MULTIPOINTFROMWKB",
            "MULTIPOLYGONFROMWKB",
            "POINTFROMWKB",
            "POLYFROMWKB",
            "POLYGONFROMWKB",
        )
    },
    **{
        name: _rule("gg", GEOMETRY, null.maybe)
        for name in ("ST_DIFFERENCE", "ST_INTERSECTION", "ST_SYMDIFFERENCE", "ST_UNION", "ST_MAKEENVELOPE")
    },
    **{
        name: _rule("g", GEOMETRY, null.maybe)
        for name in (
            "ST_CENTROID",
            "CENTROID",
            "ST_CONVEXHULL",
            "CONVEXHULL",
            "ST_ENDPOINT",
            "ENDPOINT",
            "ST_ENVELOPE",
            "ENVELOPE",
            "ST_EXTERIORRING",
            "EXTERIORRING",
            "ST_STARTPOINT",
            "STARTPOINT",
            "ST_SWAPXY",
            "ST_VALIDATE",
        )
    },
    **{
        name: _rule("g", BIGINT, null.maybe)
        for name in (
            "ST_NUMGEOMETRIES",
            "NUMGEOMETRIES",
            "ST_NUMINTERIORRING",
            "ST_NUMINTERIORRINGS",
            "NUMINTERIORRINGS",
            "ST_NUMPOINTS",
            "NUMPOINTS",
        )
    },
    **{
        name: _rule("gi", GEOMETRY, null.maybe)
        for name in (
            "ST_GEOMETRYN",
            "GEOMETRYN",
            "ST_INTERIORRINGN",
            "INTERIORRINGN",
            "ST_POINTN",
            "POINTN",
            "ST_TRANSFORM",
        )
    },
    **{
        name: _rule("g[s", LONGTEXT, in_mariadb=null.of_geometry)
        for name in ("ST_ASTEXT", "ST_ASWKT", "ASTEXT", "ASWKT")
    },
    **{
        name: _rule("g[s", LONGBLOB, in_mariadb=null.of_geometry)
        for name in ("ST_ASBINARY", "ST_ASWKB", "ASBINARY", "ASWKB")
    },
    **{
        name: _rule("g*", GEOMETRY, null.maybe)
        for name in (
            "LINESTRING",
            "POLYGON",
            "MULTIPOINT",
            "MULTILINESTRING",
            "MULTIPOLYGON",
        )
    },
    **{name: _rule("[g*", GEOMETRY, null.maybe) for name in ("GEOMETRYCOLLECTION", "GEOMCOLLECTION")},
    "POINT": _rule("ff", GEOMETRY),
    "ST_AREA": _rule("g", DOUBLE, null.maybe),
    "AREA": _rule("g", DOUBLE, null.maybe),
    "ST_ASGEOJSON": _rule("g[ii", JSON, rejects=(0,), in_mariadb=null.of_geometry),
    "ST_BUFFER": _rule("gf[bbb", GEOMETRY, null.maybe, (0, 1)),
    "BUFFER": _rule("gf[bbb", GEOMETRY, null.maybe, (0, 1)),
    "ST_BUFFER_STRATEGY": _rule("s[f", VARBINARY, null.maybe),
    "ST_DIMENSION": _rule("g", BIGINT, null.maybe),
    "DIMENSION": _rule("g", BIGINT, null.maybe),
    "ST_DISTANCE": _rule("gg[s", DOUBLE, null.maybe),
    "ST_DISTANCE_SPHERE": _rule("gg[f", DOUBLE, null.maybe),
    "ST_FRECHETDISTANCE": _rule("gg[s", DOUBLE, null.maybe),
    "ST_GEOHASH": _rule("ai[i", VARCHAR),
    "ST_GEOMETRYTYPE": _rule("g", VARCHAR, in_mariadb=null.of_geometry),
    "GEOMETRYTYPE": _rule("g", VARCHAR, in_mariadb=null.of_geometry),
    "ST_GEOMFROMGEOJSON": _rule("j[ii", GEOMETRY, null.maybe, (0,)),
    "ST_HAUSDORFFDISTANCE": _rule("gg[s", DOUBLE, null.maybe),
    "ST_ISCLOSED": _rule("g", BOOL, null.maybe, ()),
    "ISCLOSED": _rule("g", BOOL, null.maybe, ()),
    "ST_ISEMPTY": _rule("g", BOOL, null.maybe),
    "ISEMPTY": _rule("g", BOOL, null.maybe),
    "ST_ISSIMPLE": _rule("g", BOOL, rejects=(), in_mariadb=null.of_geometry),
    "ISSIMPLE": _rule("g", BOOL, rejects=(), in_mariadb=null.of_geometry),
    "ST_ISVALID": _rule("g", BOOL),
    "ST_LATFROMGEOHASH": _rule("s", DOUBLE),
    "ST_LONGFROMGEOHASH": _rule("s", DOUBLE),
    "ST_LATITUDE": _rule("g[f", results.geometry_or_number(2, DOUBLE)),
    "ST_LONGITUDE": _rule("g[f", results.geometry_or_number(2, DOUBLE)),
    "ST_LENGTH": _rule("g[s", DOUBLE, null.maybe),
    "GLENGTH": _rule("g", DOUBLE, null.maybe),
    "ST_LINEINTERPOLATEPOINT": _rule("gf", GEOMETRY, null.maybe),
    "ST_LINEINTERPOLATEPOINTS": _rule("gf", GEOMETRY, null.maybe),
    "ST_POINTATDISTANCE": _rule("gf", GEOMETRY, null.maybe),
    "ST_POINTFROMGEOHASH": _rule("si", GEOMETRY),
    "ST_SIMPLIFY": _rule("gf", GEOMETRY, null.maybe),
    "ST_SRID": _rule("g[i", results.geometry_or_number(2, BIGINT), in_mariadb=null.of_geometry),
    "SRID": _rule("g", BIGINT, in_mariadb=null.of_geometry),
    "ST_X": _rule("g[f", results.geometry_or_number(2, DOUBLE), in_mariadb=null.maybe),
    "ST_Y": _rule("g[f", results.geometry_or_number(2, DOUBLE), in_mariadb=null.maybe),
    "X": _rule("g", DOUBLE, in_mariadb=null.maybe),
    "Y": _rule("g", DOUBLE, in_mariadb=null.maybe),
}

_AGGREGATES = {
    "AVG": _rule("f", _mean, of="aggregate"),
    "BIT_AND": _rule("i", _bits, null.never, of="aggregate", result_in_mariadb=UBIGINT),
    "BIT_OR": _rule("i", _bits, null.never, of="aggregate", result_in_mariadb=UBIGINT),
    "BIT_XOR": _rule("i", _bits, null.never, of="aggregate", result_in_mariadb=UBIGINT),
    "COUNT": _rule("a*", BIGINT, null.never, of="aggregate"),
    "GROUP_CONCAT": _rule("s*", text, of="aggregate"),
    "JSON_ARRAYAGG": _rule("a", JSON, null.never, of="aggregate"),
    "JSON_OBJECTAGG": _rule("sa", JSON, null.never, of="aggregate"),
    "MAX": _rule("a", same, of="aggregate", unchanged=True),
    "MIN": _rule("a", same, of="aggregate", unchanged=True),
    "ST_COLLECT": _rule("g", GEOMETRY, null.maybe, of="aggregate"),
    "STD": _rule("f", DOUBLE, of="aggregate"),
    "STDDEV": _rule("f", DOUBLE, of="aggregate"),
    "STDDEV_POP": _rule("f", DOUBLE, of="aggregate"),
    "STDDEV_SAMP": _rule("f", DOUBLE, null.maybe, of="aggregate"),
    "SUM": _rule("f", _sum, of="aggregate"),
    "VAR_POP": _rule("f", DOUBLE, of="aggregate"),
    "VAR_SAMP": _rule("f", DOUBLE, null.maybe, of="aggregate"),
    "VARIANCE": _rule("f", DOUBLE, of="aggregate"),
}
"""Nullability is for a group that has rows; the caller handles groups without rows."""

_WINDOWS = {
    "CUME_DIST": _rule("", DOUBLE, of="window"),
    "DENSE_RANK": _rule("", UBIGINT, of="window", result_in_mariadb=BIGINT),
    "FIRST_VALUE": _rule("a", same, of="window", unchanged=True),
    "LAG": _rule("p[ip", merged, null.maybe, of="window"),
    "LAST_VALUE": _rule("a", same, of="window", unchanged=True),
    "LEAD": _rule("p[ip", merged, null.maybe, of="window"),
    "NTH_VALUE": _rule("ai", same, null.maybe, of="window", unchanged=True),
    "NTILE": _rule("i", UBIGINT, null.never, of="window", result_in_mariadb=BIGINT),
    "PERCENT_RANK": _rule("", DOUBLE, of="window"),
    "RANK": _rule("", UBIGINT, of="window", result_in_mariadb=BIGINT),
    "ROW_NUMBER": _rule("", UBIGINT, of="window", result_in_mariadb=BIGINT),
}

_MARIADB = {
    "ADD_MONTHS": _rule("di", results.months_added, null.maybe),
    "CHR": _rule("i", VARCHAR, null.maybe),
    "COLUMN_GET": _rule("bs", LONGBLOB, null.maybe),
    "COLUMN_JSON": _rule("b", LONGTEXT, null.maybe),
    "CRC32C": _rule("s", UBIGINT),
    "JSON_ARRAY_INTERSECT": _rule("jj", JSON, null.maybe),
    "JSON_COMPACT": _rule("j", LONGTEXT, null.of_json),
    "JSON_DETAILED": _rule("j[i", LONGTEXT, null.maybe),
    "JSON_EQUALS": _rule("jj", BOOL, null.of_json),
    "JSON_EXISTS": _rule("js", BOOL, null.maybe),
    "JSON_LOOSE": _rule("j", LONGTEXT, null.of_json),
    "JSON_NORMALIZE": _rule("j", LONGTEXT, null.of_json),
    "JSON_OBJECT_FILTER_KEYS": _rule("jj", JSON, null.maybe),
    "JSON_OBJECT_TO_ARRAY": _rule("j", JSON, null.maybe),
    "JSON_QUERY": _rule("js", LONGTEXT, null.maybe),
    "LASTVAL": _rule("a", BIGINT, null.maybe, deterministic=False),
    "LENGTHB": _rule("s", BIGINT),
    "MEDIAN": _rule("n", DOUBLE, of="window"),
    "MONTHS_BETWEEN": _rule("mm", DECIMAL, null.maybe),
    "NATURAL_SORT_KEY": _rule("s", LONGTEXT, null.maybe),
    "NEXTVAL": _rule("a", BIGINT, null.never, deterministic=False),
    "NVL": _rule("pp", merged_in_mariadb, null.all_null, ()),
    "NVL2": _rule("app", lambda values, args: merged_in_mariadb(values[1:], args[1:]), null.maybe, ()),
    "ROWNUM": _rule("", BIGINT, deterministic=False),
    "SETVAL": _rule("ai[ii", BIGINT, null.maybe, deterministic=False),
    "SFORMAT": _rule("s[a*", VARCHAR, null.maybe, (0,)),
    "SYS_GUID": _rule("", VARCHAR, deterministic=False),
    "TO_CHAR": _rule("m[s", VARCHAR, null.maybe),
    "UUID_V4": _rule("", VARCHAR, deterministic=False),
    "UUID_V7": _rule("", VARCHAR, deterministic=False),
    "VEC_DISTANCE": _rule("vv", DOUBLE, null.maybe),
    "VEC_DISTANCE_COSINE": _rule("vv", DOUBLE, null.maybe),
    "VEC_DISTANCE_EUCLIDEAN": _rule("vv", DOUBLE, null.maybe),
    "VEC_FROMTEXT": _rule("s", VECTOR, null.maybe),
    "VEC_TOTEXT": _rule("v", LONGTEXT, null.maybe),
}

MARIADB = frozenset(_MARIADB)
"""The functions that only MariaDB has."""

FUNCTIONS: dict[str, Rule] = {
    **_MARIADB,
    **_STRING,
    **_NUMERIC,
    **_DATES,
    **_JSON,
    **_CONTROL,
    **_HASHES,
    **_NETWORK,
    **_SESSION,
    **_SPATIAL,
    **_AGGREGATES,
    **_WINDOWS,
}
"""Every function by upper-case name."""

AGGREGATES = frozenset(name for name, each in FUNCTIONS.items() if each.kind == "aggregate")
