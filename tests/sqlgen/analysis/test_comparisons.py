"""Comparisons: a key meets one row only if two of its values are never equal to one value of the other type."""

from functools import cache

import pytest

from tests.sqlgen.written import project_of
from tools.sqlgen.driver.project import Project
from tools.sqlgen.input.query_files import read_queries
from tools.sqlgen.syntax.server import Server

KEYS = """
CREATE TABLE k (
  tiny TINYINT NOT NULL UNIQUE, number INT NOT NULL UNIQUE, big BIGINT NOT NULL UNIQUE,
  small_bits BIT(53) NOT NULL UNIQUE, bits BIT(54) NOT NULL UNIQUE, one_bit BIT NOT NULL UNIQUE,
  small_money DECIMAL(15, 2) NOT NULL UNIQUE, money DECIMAL(16, 2) NOT NULL UNIQUE,
  year YEAR NOT NULL UNIQUE, single FLOAT NOT NULL UNIQUE, approximate DOUBLE NOT NULL UNIQUE,
  day DATE NOT NULL UNIQUE, hour TIME(6) NOT NULL UNIQUE,
  moment DATETIME(1) NOT NULL UNIQUE, fine_moment DATETIME(2) NOT NULL UNIQUE,
  code VARBINARY(9) NOT NULL UNIQUE, name VARCHAR(9) COLLATE utf8mb4_bin NOT NULL UNIQUE
);
CREATE TABLE v (
  id INT NOT NULL PRIMARY KEY, number INT NOT NULL, money DECIMAL(9, 2) NOT NULL, year YEAR NOT NULL,
  bits BIT(3) NOT NULL, code VARBINARY(9) NOT NULL, day DATE NOT NULL, moment DATETIME NOT NULL, hour TIME NOT NULL,
  approximate DOUBLE NOT NULL, name VARCHAR(9) COLLATE utf8mb4_bin NOT NULL, document JSON NOT NULL,
  folded VARCHAR(9) COLLATE utf8mb4_0900_ai_ci NOT NULL
);
"""
OF_MARIADB = """
CREATE TABLE k (a UUID NOT NULL UNIQUE, b INET4 NOT NULL UNIQUE, c INET6 NOT NULL UNIQUE);
CREATE TABLE v (id INT NOT NULL PRIMARY KEY, name VARCHAR(40) NOT NULL);
"""


@cache
def project(schema: str, server: Server) -> Project:
    return project_of(schema, server=server)


def cardinality(sql: str, schema: str = KEYS, server: Server = "mysql") -> str:
    text = f"-- name: tried :many\n{sql};\n"
    found = project(schema, server).check_query(text, read_queries(text)[0])
    assert found.analysed is not None, found.errors
    return found.analysed.cardinality


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("tiny", "zero_or_one"), ("number", "zero_or_one"), ("big", "many"), ("one_bit", "zero_or_one"),
        ("small_bits", "zero_or_one"), ("bits", "many"), ("small_money", "zero_or_one"), ("money", "many"),
        ("year", "zero_or_one"), ("single", "zero_or_one"), ("day", "zero_or_one"), ("hour", "zero_or_one"),
        ("moment", "zero_or_one"), ("fine_moment", "many"), ("name", "many"),
    ],
)  # fmt: skip
def test_a_key_compared_with_a_double_meets_one_row_if_its_values_are_different_as_double(
    key: str, expected: str
) -> None:
    assert cardinality(f"SELECT 1 FROM k WHERE {key} = 5e0") == expected


@pytest.mark.parametrize(
    "values",
    [
        "CAST(name AS DATETIME) AS k FROM v",
        "k FROM JSON_TABLE('[0, 1]', '$[*]' COLUMNS (k BIT PATH '$')) j",
    ],
)
def test_a_type_without_a_written_length_has_the_servers_default(values: str) -> None:
    assert cardinality(f"SELECT k FROM (SELECT DISTINCT {values}) d WHERE k = 1e0") == "zero_or_one"


@pytest.mark.parametrize(
    "key", ["tiny", "number", "big", "small_bits", "bits", "small_money", "money", "year"]
)
@pytest.mark.parametrize("value", ["number", "money", "year", "bits"])
def test_exact_numbers_are_compared_as_exactly_as_with_themselves(key: str, value: str) -> None:
    assert cardinality(f"SELECT 1 FROM k JOIN v ON k.{key} = v.{value} WHERE v.id = 1") == "zero_or_one"


@pytest.mark.parametrize("key", ["day", "hour", "moment", "fine_moment"])
def test_dates_are_compared_as_dates_with_dates_and_written_texts(key: str) -> None:
    for value in ("day", "moment", "hour"):
        assert cardinality(f"SELECT 1 FROM k JOIN v ON k.{key} = v.{value} WHERE v.id = 1") == "zero_or_one"
    assert cardinality(f"SELECT 1 FROM k WHERE {key} = '2020-01-01'") == "zero_or_one"
    assert cardinality(f"SELECT 1 FROM k WHERE {key} = :at") == "zero_or_one"


def test_a_date_is_not_compared_as_a_date_with_the_text_of_a_column() -> None:
    assert cardinality("SELECT 1 FROM k JOIN v ON k.fine_moment = v.name WHERE v.id = 1") == "many"


def test_a_text_meets_one_row_only_as_a_text_of_its_collation_or_as_bytes() -> None:
    joined = "SELECT 1 FROM k JOIN v ON k.{} = v.{} WHERE v.id = 1"
    for value in ("number", "day", "approximate", "document"):
        assert cardinality(joined.format("name", value)) == "many"
        assert cardinality(joined.format("code", value)) == "many"
    for value in ("name", "code"):
        assert cardinality(joined.format("name", value)) == "zero_or_one"
        assert cardinality(joined.format("code", value)) == "zero_or_one"
    assert cardinality("SELECT 1 FROM k WHERE name = NULL") == "zero_or_one"
    assert cardinality("SELECT 1 FROM k WHERE approximate = NULL") == "zero_or_one"


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("number", "5", "zero_or_one"), ("money", "5", "zero_or_one"), ("year", "2020", "zero_or_one"),
        ("bits", "b'1'", "zero_or_one"), ("code", "X'61'", "zero_or_one"), ("day", "'2020-01-01'", "zero_or_one"),
        ("moment", "'2020-01-01'", "zero_or_one"), ("hour", "'10:00:00'", "zero_or_one"),
        ("approximate", "0", "many"), ("name", "'a'", "many"), ("document", "'1'", "many"),
    ],
)  # fmt: skip
def test_equal_values_of_an_exact_type_are_the_same_to_every_function(
    column: str, value: str, expected: str
) -> None:
    assert cardinality(f"SELECT DISTINCT HEX({column}) AS h FROM v WHERE {column} = {value}") == expected


@pytest.mark.parametrize("key", ["a", "b", "c"])
def test_a_text_becomes_a_value_of_a_type_of_mariadb_before_it_is_compared(key: str) -> None:
    sql = f"SELECT 1 FROM k JOIN v ON k.{key} = v.name WHERE v.id = 1"
    assert cardinality(sql, OF_MARIADB, "mariadb") == "zero_or_one"


@pytest.mark.parametrize(
    ("condition", "known", "expected"),
    [
        # 'a' and 'a ' are equal, and both are equal to the same key.
        ("k.name = v.name", "v.name = 'a'", "zero_or_one"),
        # So are 0.0 and -0.0 as numbers.
        ("k.number = v.approximate", "v.approximate = 0", "zero_or_one"),
        # A digit and the wide form of it are equal texts, but only one of them is a number.
        ("k.number = v.folded", "v.folded = '1'", "many"),
        # A date and a number are compared as numbers, and the number is not known to be the same.
        ("k.day = v.approximate", "v.approximate = 0", "many"),
        # 'a' and 'a ' have different lengths.
        ("k.number = LENGTH(v.name)", "v.name = 'a'", "many"),
        ("k.number = v.number + 1", "v.number = 5", "zero_or_one"),
    ],
)  # fmt: skip
def test_equal_values_that_are_not_the_same_meet_one_key_only_if_they_are_compared_alike(
    condition: str, known: str, expected: str
) -> None:
    assert cardinality(f"SELECT DISTINCT k.tiny FROM v JOIN k ON {condition} WHERE {known}") == expected


@pytest.mark.parametrize("value", ["5", "'1'"])
def test_a_document_is_not_known_to_be_equal_to_one_value(value: str) -> None:
    assert cardinality(f"SELECT DISTINCT document FROM v WHERE document = {value}") == "many"
