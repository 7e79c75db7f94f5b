"""Collations of texts: a key of utf8mb4_bin meets one row if the other text is compared as utf8mb4_bin too."""

from functools import cache
from pathlib import Path

import pytest

from tests.sqlgen.written import project_of
from tools.sqlgen.driver.project import Project
from tools.sqlgen.input.query_files import read_queries

SCHEMA = Path(__file__).with_name("counterexamples.sql").read_text()
FUNCTIONS = "CREATE FUNCTION shop.lower(t VARCHAR(20)) RETURNS VARCHAR(20) COLLATE utf8mb4_general_ci DETERMINISTIC RETURN t;"


@cache
def project() -> Project:
    return project_of(SCHEMA + FUNCTIONS)


def cardinality(sql: str) -> str:
    text = f"-- name: tried :many\n{sql};\n"
    found = project().check_query(text, read_queries(text)[0])
    assert found.analysed is not None, found.errors
    return found.analysed.cardinality


@pytest.mark.parametrize(
    "function",
    [
        "COALESCE({})", "CONCAT({}, 'b')", "CONCAT_WS(',', {})", "IFNULL({}, 'b')", "INSERT({}, 1, 1, 'b')",
        "LCASE({})", "LEFT({}, 2)", "LOWER({})", "LPAD({}, 2, 'b')", "LTRIM({})", "MID({}, 1, 2)", "REPEAT({}, 2)",
        "REPLACE({}, 'a', 'b')", "REVERSE({})", "RIGHT({}, 2)", "RPAD({}, 2, 'b')", "RTRIM({})", "SUBSTR({}, 1)",
        "SUBSTRING({}, 1)", "SUBSTRING_INDEX({}, 'b', 1)", "TRIM({})", "UCASE({})", "UPPER({})", "ANY_VALUE({})",
        "(SELECT MIN({}) FROM few)", "(SELECT MAX({}) FROM few)",
        "CASE WHEN :b THEN {} ELSE 'b' END", "CASE WHEN :b THEN 'b' ELSE {} END", "CASE WHEN :b THEN {} END",
    ],
)  # fmt: skip
def test_a_function_that_takes_the_collation_of_its_text_is_compared_in_it(function: str) -> None:
    one_row = "SELECT x.id FROM texts x JOIN texts y ON x.exact = {} WHERE y.id = 1"
    assert cardinality(one_row.format(function.format("y.exact"))) == "zero_or_one"
    assert cardinality(one_row.format(function.format("y.folded"))) == "many"


@pytest.mark.parametrize("literal", ["1", "1.5", "1e0", "NULL", "X'61'", "'a'", ":a"])
def test_a_literal_takes_the_collation_of_the_text_beside_it(literal: str) -> None:
    beside = f"CONCAT(y.exact, {literal})"
    sql = f"SELECT x.id FROM texts x JOIN texts y ON x.exact = {beside} WHERE y.id = 1"
    assert cardinality(sql) == "zero_or_one"


def test_texts_with_two_collations_are_compared_in_neither_for_sure() -> None:
    sql = "SELECT x.id FROM texts x JOIN texts y ON x.exact = CONCAT(y.exact, y.folded) WHERE y.id = 1"
    assert cardinality(sql) == "many"
    sql = "SELECT title FROM titles JOIN texts y ON title = CONCAT(y.exact, y.folded) WHERE y.id = 1"
    assert cardinality(sql) == "many"


@pytest.mark.parametrize("number", ["y.id", "n.day", "n.big", "n.moment"])
def test_a_number_or_a_date_in_a_text_takes_the_collation_beside_it(number: str) -> None:
    sql = (
        "SELECT x.id FROM texts y JOIN numbers n ON n.id = y.id"
        f" JOIN texts x ON x.exact = CONCAT(y.exact, {number}) WHERE y.id = 1"
    )
    assert cardinality(sql) == "zero_or_one"


def test_bytes_are_compared_as_bytes_unless_a_collate_is_about_them() -> None:
    one_row = "SELECT x.id FROM texts x JOIN texts y ON x.exact = {} WHERE y.id = 1"
    assert cardinality(one_row.format("BINARY y.folded")) == "zero_or_one"
    assert cardinality(one_row.format("CAST(y.folded AS BINARY)")) == "zero_or_one"
    assert cardinality(one_row.format("UNHEX(HEX(y.folded COLLATE utf8mb4_general_ci))")) == "many"
    assert cardinality(one_row.format("HEX(y.folded)")) == "many"


def test_other_functions_have_a_collation_that_is_not_known() -> None:
    sql = "SELECT x.id FROM texts x JOIN texts y ON x.exact = {}(y.exact) WHERE y.id = 1"
    assert cardinality(sql.format("HEX")) == "many"
    assert cardinality(sql.format("LOWER")) == "zero_or_one"
    of_key = "SELECT d.t FROM (SELECT DISTINCT HEX(exact) AS t FROM texts) d JOIN texts x ON d.t = x.folded WHERE x.id = 1"
    assert cardinality(of_key) == "many"


def test_a_stored_function_with_the_name_of_another_has_a_collation_that_is_not_known() -> None:
    sql = "SELECT d.t FROM (SELECT DISTINCT {}(exact) AS t FROM texts) d JOIN texts x ON d.t = x.exact WHERE x.id = 1"
    assert cardinality(sql.format("LOWER")) == "zero_or_one"
    assert cardinality(sql.format("shop.LOWER")) == "many"


def test_a_literal_in_a_subquery_or_derived_table_has_a_collation_of_its_own() -> None:
    # That of the connection, by which the key may be compared: 'e' and '\u00e9' of latin1 are then equal.
    assert cardinality("SELECT id FROM texts WHERE latin = (SELECT 'e')") == "many"
    assert cardinality("SELECT x.id FROM (SELECT 'e' AS t) d JOIN texts x ON x.latin = d.t") == "many"


@pytest.mark.parametrize("query", ["SELECT * FROM missing", "SELECT missing.* FROM texts"])
def test_a_comparison_with_a_refused_subquery_is_analysed_to_its_end(query: str) -> None:
    text = f"-- name: tried :many\nSELECT id FROM texts WHERE exact = ({query});\n"
    found = project().check_query(text, read_queries(text)[0])
    assert found.analysed is None
    assert len(found.errors) == 1


def test_a_named_item_has_the_collation_of_its_expression() -> None:
    named = "(SELECT y.{} AS e, (SELECT e) AS f FROM texts y WHERE y.id = 1)"
    one_row = f"SELECT x.id FROM texts x JOIN {named} d ON x.exact = d.f"
    assert cardinality(one_row.format("exact")) == "zero_or_one"
    assert cardinality(one_row.format("folded")) == "many"
