"""Random calls of every function, and random operator expressions, over a table with every type."""

import random
import re
from collections.abc import Iterator

from tools.sqlgen.functions.table import FUNCTIONS
from tools.sqlgen.verify.wire import Client

COLUMNS = (
    "id", "ti", "tu", "bo", "si", "mi", "bi", "bu", "de", "du", "fl", "db", "ch", "vc", "tx", "bn",
    "vb", "bl", "en", "se", "da", "dt", "d3", "ts", "tm", "t6", "ye", "js", "jn", "ge", "po", "ls",
    "pg",
)  # fmt: skip
"""Of the corpus's table `zoo`; without BIT, whose merging with other types the server does case by case."""
LITERALS = (
    "1", "0", "-1", "2", "'a'", "''", "'2026-01-01'", "'2026-01-01 10:00:00'", "'%Y-%m-%d'", "'10:00:00'",
    "1.5", "'$.a'", "'[1]'", "'{\"a\": 1}'", "'UTC'", "'one'", "'POINT(1 1)'", "256", "DATE '2026-01-01'",
    "TIME '01:00:00'",
)  # fmt: skip
OPERATORS = (
    "{} + {}", "{} - {}", "{} * {}", "{} / {}", "{} % {}", "{} DIV {}", "{} | {}", "{} & {}", "{} << {}",
    "~{}", "-ABS({})", "{} = {}", "{} < {}", "{} <=> {}", "{} AND {}", "{} XOR {}", "NOT {}",
    "{} IN ({}, {})",
    "{} BETWEEN {} AND {}", "{} LIKE {}", "{} IS NULL", "IF(id = 1, {}, {})",
    "CASE WHEN id = 1 THEN {} WHEN id = 2 THEN {} ELSE {} END", "CASE {} WHEN {} THEN {} END",
    "CAST({} AS CHAR)", "CAST({} AS SIGNED)", "CAST({} AS UNSIGNED)", "CAST({} AS DECIMAL(10,2))",
    "CAST({} AS DATE)", "CAST({} AS DATETIME)", "CAST({} AS TIME)", "CAST({} AS BINARY)", "CAST({} AS JSON)",
    "CAST({} AS DOUBLE)", "CAST({} AS FLOAT)", "CAST({} AS YEAR)", "CONVERT({} USING utf8mb4)",
    "{} + INTERVAL {} DAY", "{} - INTERVAL {} HOUR", "{} + INTERVAL 1 MICROSECOND", "EXTRACT(DAY FROM {})",
    "TRIM(LEADING {} FROM {})", "COUNT(DISTINCT {})", "MAX({}) OVER (ORDER BY id)",
    "SUM({}) OVER (ORDER BY id ROWS 1 PRECEDING)", "LAG({}, 1, {}) OVER (ORDER BY id)",
    "NTH_VALUE({}, 1) OVER (ORDER BY id)", "FIRST_VALUE({}) OVER (ORDER BY id)", "{} COLLATE utf8mb4_bin",
    "BINARY {}", "{} REGEXP {}", "{} -> '$.a'", "{} ->> '$.a'", "{} MEMBER OF ({})", "(SELECT {} LIMIT 1)",
    "{} IS TRUE", "({}, {}) = (1, 2)", "TIMESTAMPDIFF(DAY, {}, {})", "TIMESTAMPADD(HOUR, {}, {})",
    "{} = ANY (SELECT {})",
)  # fmt: skip
SET_OPERATIONS = (
    "SELECT {} AS r FROM zoo UNION SELECT {} FROM zoo",
    "SELECT {} AS r FROM zoo UNION ALL SELECT {} FROM zoo UNION ALL SELECT {} FROM zoo",
)

NOT_CALLED = frozenset(
    {
        "SLEEP", "BENCHMARK", "MASTER_POS_WAIT", "SOURCE_POS_WAIT", "WAIT_FOR_EXECUTED_GTID_SET",  # wait
        "GET_LOCK", "RELEASE_LOCK", "RELEASE_ALL_LOCKS", "IS_FREE_LOCK", "IS_USED_LOCK",  # lock
        "LOAD_FILE",  # reads files
        "TO_VECTOR", "STRING_TO_VECTOR",  # refused by the compiler: the driver cannot read a VECTOR
    }
)  # fmt: skip
TYPED_BY_VALUE = frozenset(
    {
        "NULLIF",  # a literal first argument is given the type of the column that it is compared with
        "GREATEST", "LEAST",  # text for JSON only
        "STR_TO_DATE",  # by what the literal format holds
        "UNIX_TIMESTAMP",  # by the digits of a literal
        "STATEMENT_DIGEST_TEXT",  # in the character set of its argument
        "JSON_SCHEMA_VALID", "JSON_SCHEMA_VALIDATION_REPORT",  # nothing at all, of a NULL schema
    }
)  # fmt: skip
"""Functions whose types another test compares with the server, for common arguments."""


def function_names(client: Client) -> list[str]:
    """Those the compiler knows, and those that the server's own help names."""
    helped = {str(name).split(" ")[0] for (name,) in client.query("SELECT name FROM mysql.help_topic")}
    words = {name for name in helped if re.fullmatch(r"[A-Z][A-Z0-9_]+", name)}
    return sorted({*FUNCTIONS, *words} - NOT_CALLED)


def statements(rng: random.Random, names: list[str]) -> Iterator[tuple[str, str]]:
    """Yield without end: the tested function or operator, and a statement that may be valid."""
    while True:
        for name in names:
            arguments = [_argument(rng) for _ in range(rng.choice((0, 1, 1, 1, 2, 2, 2, 3, 3, 4)))]
            yield name, f"SELECT {name}({', '.join(arguments)}) AS r FROM zoo"
        for template in OPERATORS:
            yield template, f"SELECT {template.format(*(_argument(rng) for _ in range(3)))} AS r FROM zoo"
        for template in SET_OPERATIONS:
            yield template, template.format(*(_argument(rng) for _ in range(3)))


def _argument(rng: random.Random) -> str:
    return rng.choice(COLUMNS) if rng.random() < 0.6 else rng.choice(LITERALS)
