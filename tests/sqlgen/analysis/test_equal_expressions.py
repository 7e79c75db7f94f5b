"""Which expressions are treated as equal: a fact about the one then holds for the other."""

import pytest

from tests.sqlgen.analysis.reading import nulls, refused

_FORMS = (
    "SELECT IF({one} IS NOT NULL, {other}, 0) FROM orders o",
    "SELECT {other} FROM orders o WHERE {one} IS NOT NULL",
)


@pytest.mark.parametrize("form", _FORMS)
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("LOWER(note)", "lower(NOTE)"),
        ("NULLIF(note, 'a')", "nullif(o.note, 'a')"),
        ("NULLIF(id, 1)", "NULLIF(id, 01)"),
        ("discount + 1", "o.discount + 1"),
        ("CASE WHEN id = 1 THEN 2 END", "case when ID = 1 then 2 end"),
        ("CAST(note AS CHAR(5))", "cast(note as char(5))"),
        ("NULLIF(:text, '')", "nullif(:text, '')"),
    ],
)
def test_an_expression_is_not_null_where_an_equal_one_is_proven_so(one: str, other: str, form: str) -> None:
    assert nulls(form.format(one=one, other=other)) == "-"


@pytest.mark.parametrize("form", _FORMS)
@pytest.mark.parametrize(
    ("one", "other"),
    [
        # other values
        ("NULLIF(note, 'a')", "NULLIF(note, 'A')"),
        ("NULLIF(id, 1)", "NULLIF(id, 2)"),
        ("NULLIF(id, 1)", "NULLIF(total, 1)"),
        ("CASE WHEN id > 5 THEN 2 END", "CASE WHEN id > 6 THEN 2 END"),
        ("CAST(note AS DATE)", "CAST(note AS TIME)"),
        ("LTRIM(NULLIF(note, 'a'))", "RTRIM(NULLIF(note, 'b'))"),
        ("NULLIF(:text, '')", "NULLIF(:Text, '')"),
        ("NULLIF(?, 1)", "NULLIF(?, 1)"),
        # chance
        ("NULLIF(RAND(), 1)", "NULLIF(RAND(), 1)"),
        ("NULLIF(CONCAT(note, UUID()), 'a')", "NULLIF(CONCAT(note, UUID()), 'a')"),
        ("CASE WHEN RAND() > 0.5 THEN 2 END", "CASE WHEN RAND() > 0.5 THEN 2 END"),
        ("NULLIF(id IN (5, ROUND(RAND())), 0)", "NULLIF(id IN (5, ROUND(RAND())), 0)"),
        # variables and stored functions may change between two uses
        ("@x", "@x"),
        ("(@x := NULLIF(@x, 1))", "(@x := NULLIF(@x, 1))"),
        ("shop.rating(1)", "shop.rating(1)"),
        ("shop.abs(discount)", "shop.abs(discount)"),
        # a subquery may take another row each time
        ("(SELECT 1 FROM items LIMIT 1)", "(SELECT 1 FROM items LIMIT 1)"),
        ("discount IN (SELECT 1)", "discount IN (SELECT 1)"),
        ("discount = ANY (SELECT 1)", "discount = ANY (SELECT 1)"),
        ("NULLIF(EXISTS (SELECT 1 FROM items), 0)", "NULLIF(EXISTS (SELECT 1 FROM items), 0)"),
    ],
)
def test_an_expression_takes_no_facts_from_one_that_may_have_another_value(
    one: str, other: str, form: str
) -> None:
    assert nulls(form.format(one=one, other=other)) == "N"


def test_window_functions_are_equal_if_their_windows_are() -> None:
    form = "SELECT IF(LAG(id) OVER ({}) IS NOT NULL, LAG(id) OVER ({}), 0) FROM orders"
    assert nulls(form.format("ORDER BY total", "ORDER BY total")) == "-"
    assert nulls(form.format("ORDER BY total", "ORDER BY placed")) == "N"
    assert nulls(form.format("ORDER BY RAND()", "ORDER BY RAND()")) == "N"


def test_a_fact_of_having_about_an_alias_is_one_about_its_expression() -> None:
    assert nulls("SELECT discount AS d, o.discount FROM orders o HAVING d > 0") == "--"
    assert nulls("SELECT NULLIF(id, 1) AS d, NULLIF(id, 1) FROM orders HAVING d > 0") == "--"


def test_expressions_of_two_kinds_are_not_equal() -> None:
    sql = "SELECT note LIKE 'a' ESCAPE '|' FROM orders GROUP BY note BETWEEN 'a' AND '|'"
    assert [finding.message for finding in refused(sql)] == [
        "column 'note' in the select list is neither grouped by nor determined by the groups"
    ]


_MERGED = (
    "SELECT d.k, d.id FROM customers c LEFT JOIN (SELECT {} AS k, id FROM orders) d ON d.id = c.id"
    " WHERE d.k IS NOT NULL"
)


@pytest.mark.parametrize("constant", ["NULL", "TRUE", "1", "1.5", "1e0", "'x'", "X'4D'", ":p"])
def test_a_condition_on_a_literal_of_a_merged_table_proves_that_its_join_matched(constant: str) -> None:
    assert nulls(_MERGED.format(constant)) == "--"


@pytest.mark.parametrize(
    "constant",
    ["1 + 1", "DATE '2026-01-01'", "NOW()", "@x", "@x IS NULL", "1 IN (SELECT 1)", "shop.rating(1)"],
)
def test_a_condition_on_a_computed_constant_of_a_merged_table_proves_nothing_as_the_server_folds_it(
    constant: str,
) -> None:
    assert nulls(_MERGED.format(constant)) == "NN"


@pytest.mark.parametrize(
    "beside", ["EXISTS (SELECT 1)", "id = ANY (SELECT 1)", "(SELECT 1)", "(@y := 5)", "ROW_NUMBER() OVER ()"]
)
def test_a_derived_table_that_is_not_merged_is_read_before_its_conditions(beside: str) -> None:
    assert nulls(_MERGED.format(f"{beside} AS other, 1 + 1")) == "--"


def test_a_constant_of_a_table_that_is_not_merged_is_no_constant_of_the_tables_around_it() -> None:
    inner = "(SELECT {} 1 + 1 AS k, id FROM orders) e"
    sql = "SELECT d.k, d.id FROM customers c LEFT JOIN (SELECT e.k, e.id FROM {}) d ON d.id = c.id WHERE d.k IS NOT NULL"
    assert nulls(sql.format(inner.format(""))) == "NN"
    assert nulls(sql.format(inner.format("DISTINCT"))) == "--"
