"""Which servers have a function of the table."""

from tools.sqlgen.functions.table import MARIADB
from tools.sqlgen.syntax.server import MARIADB_HINT, Server

_HASHES = {"MD5": 128, "SHA": 160, "SHA1": 160}
"""The functions that MySQL 9.7 has dropped, and the bits of their results."""
_BEFORE_8 = frozenset(
    """
    AREA ASBINARY ASTEXT ASWKB ASWKT BUFFER CENTROID CONTAINS CONVEXHULL CROSSES DECODE DES_DECRYPT DES_ENCRYPT
    DIMENSION DISJOINT ENCODE ENCRYPT ENDPOINT ENVELOPE EQUALS EXTERIORRING GEOMCOLLFROMTEXT GEOMCOLLFROMTXT
    GEOMCOLLFROMWKB GEOMETRYCOLLECTIONFROMTEXT GEOMETRYCOLLECTIONFROMWKB GEOMETRYFROMTEXT GEOMETRYFROMWKB GEOMETRYN
    GEOMETRYTYPE GEOMFROMTEXT GEOMFROMWKB GLENGTH INTERIORRINGN INTERSECTS ISCLOSED ISEMPTY ISSIMPLE LINEFROMTEXT
    LINEFROMWKB LINESTRINGFROMTEXT LINESTRINGFROMWKB MBREQUAL MLINEFROMTEXT MLINEFROMWKB MPOINTFROMTEXT MPOINTFROMWKB
    MPOLYFROMTEXT MPOLYFROMWKB MULTILINESTRINGFROMTEXT MULTILINESTRINGFROMWKB MULTIPOINTFROMTEXT MULTIPOINTFROMWKB
    MULTIPOLYGONFROMTEXT MULTIPOLYGONFROMWKB NUMGEOMETRIES NUMINTERIORRINGS NUMPOINTS OLD_PASSWORD OVERLAPS PASSWORD
    POINTFROMTEXT POINTFROMWKB POINTN POLYFROMTEXT POLYFROMWKB POLYGONFROMTEXT POLYGONFROMWKB SRID STARTPOINT TOUCHES
    WAIT_UNTIL_SQL_THREAD_AFTER_GTIDS WITHIN X Y
    """.split()  # noqa: SIM905 - a list of words is read like a text
)
"""The functions that MySQL has dropped before or in version 8.0, and MariaDB has."""

_OF_OTHER_DATABASES = {
    "AGE": "write TIMESTAMPDIFF(unit, from, to)",
    "ANY": "write IN (sqlc.slice(name)) for a list of values",
    "ARRAY_AGG": "write JSON_ARRAYAGG(...)",
    "BOOL_AND": "write MIN(condition)",
    "BOOL_OR": "write MAX(condition)",
    "CHARINDEX": "write LOCATE(part, text)",
    "DATEADD": "write date + INTERVAL number unit",
    "DATE_PART": "write EXTRACT(unit FROM value)",
    "DATE_TRUNC": "write DATE(...), or DATE_FORMAT(..., '%Y-%m-01')",
    "DECODE": "write CASE value WHEN ... THEN ... END",
    "GEN_RANDOM_UUID": "write UUID(), or UUID_TO_BIN(UUID()) for a BINARY(16)",
    "GETDATE": "write NOW()",
    "IIF": "write IF(condition, a, b)",
    "JSONB_AGG": "write JSON_ARRAYAGG(...)",
    "JSONB_BUILD_OBJECT": "write JSON_OBJECT(...)",
    "JSON_AGG": "write JSON_ARRAYAGG(...)",
    "JSON_BUILD_OBJECT": "write JSON_OBJECT(...)",
    "LEN": "write CHAR_LENGTH",
    "SPLIT_PART": "write SUBSTRING_INDEX",
    "STRFTIME": "write DATE_FORMAT",
    "STRING_AGG": "write GROUP_CONCAT(... SEPARATOR ', ')",
    "SYSDATETIME": "write NOW(6)",
    "TO_DATE": "write STR_TO_DATE",
    "TO_TIMESTAMP": "write FROM_UNIXTIME(number), or STR_TO_DATE(text, format)",
    "UNNEST": "write JSON_TABLE, or IN (sqlc.slice(name)) for a list of values",
}


def is_missing(name: str, server: Server) -> bool:
    """True if the server does not have the function; `name` is in upper case."""
    if server == "mariadb":
        return False
    return name in MARIADB or name in _BEFORE_8 or (name in _HASHES and server == "mysql")


def replacement(name: str) -> str | None:
    """Return a hint for a function that `is_missing`, or that only other databases have."""
    if name in _HASHES:
        return 'write SHA2(..., 256), or set `server = "mysql-8"` in [tool.sqlgen]: MySQL 9.7 has dropped it'
    if name in {"NVL", "NVL2"}:
        return f"write IFNULL or IF; {MARIADB_HINT}"
    if name in _BEFORE_8 and name not in {"DECODE", "ENCODE", "ENCRYPT", "PASSWORD", "OLD_PASSWORD"}:
        return f"MySQL 8 has dropped it; perhaps ST_{name}"
    return MARIADB_HINT if name in MARIADB else _OF_OTHER_DATABASES.get(name)
