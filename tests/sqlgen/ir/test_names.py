"""Names from SQL to Python."""

import keyword
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.sqlgen.ir.names import camel_case, constant_case, identifier, singular, snake_case, unique


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("get_order", "get_order"),
        ("GetOrder", "get_order"),
        ("getHTTPOrder", "get_http_order"),
        ("get_OrderByID2", "get_order_by_id2"),
        ("Import", "import_"),
        ("ﬁnd_x", "find_x"),
    ],
)
def test_a_query_name_becomes_a_function_name(written: str, expected: str) -> None:
    assert snake_case(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("created_at", "created_at"),
        ("userID", "userID"),
        ("class", "class_"),
        ("COUNT(*)", "count"),
        ("SUM(o.total)", "sum_o_total"),
        ("order id", "order_id"),
        ("2nd", "column_1_2nd"),
        ("__hidden", "hidden"),
        ("*", "column_1"),
        ("größe", "größe"),
        ("ﬁnal", "final"),
        ("\N{FULLWIDTH LOW LINE}class", "class_"),
    ],
)
def test_a_column_keeps_its_name_where_python_allows_it(written: str, expected: str) -> None:
    assert identifier(written, "column_1") == expected


@given(st.text(max_size=30))
def test_every_column_name_becomes_an_identifier_that_no_class_body_mangles(written: str) -> None:
    name = identifier(written, "column_1")
    assert name.isidentifier()
    assert unicodedata.normalize("NFKC", name) == name, "Python would read another name"
    assert not keyword.iskeyword(name)
    assert not name.startswith("_")


@pytest.mark.parametrize(
    ("plural", "expected"),
    [
        ("orders", "order"),
        ("order_items", "order_item"),
        ("categories", "category"),
        ("addresses", "address"),
        ("boxes", "box"),
        ("statuses", "status"),
        ("status", "status"),
        ("analysis", "analysis"),
        ("news", "news"),
        ("data", "data"),
        ("movies", "movie"),
        ("houses", "house"),
        ("bonuses", "bonus"),
    ],
)
def test_a_table_names_its_struct_in_the_singular(plural: str, expected: str) -> None:
    assert singular(plural) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("in-progress", "IN_PROGRESS"), ("2xl", "N_2XL"), ("", ""), ("None", "NONE"), ("a b", "A_B")],
)
def test_an_enum_value_becomes_a_member_name(value: str, expected: str) -> None:
    assert constant_case(value) == expected


def test_a_table_name_becomes_a_class_name() -> None:
    assert camel_case("order_items") == "OrderItems"
    assert camel_case("2fa_codes") == "N2faCodes"


def test_the_second_of_two_equal_names_gets_a_number() -> None:
    assert unique("id", {"id", "id_2"}) == "id_3"
