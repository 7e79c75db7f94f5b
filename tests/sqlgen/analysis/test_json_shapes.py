"""The shape of JSON that a query builds."""

import pytest

from tests.sqlgen.analysis.reading import analysed
from tools.sqlgen.types.json_shape import JsonAny, JsonArray, JsonObject, JsonScalar, JsonShape, JsonTuple


def shape(sql: str) -> JsonShape | None:
    return analysed(sql).columns[0].json


def text(found: JsonShape | None) -> str:
    match found:
        case JsonObject(fields=fields, nullable=nullable):
            inside = ", ".join(f"{field.name}: {text(field.shape)}" for field in fields)
            return "{" + inside + "}" + ("?" if nullable else "")
        case JsonArray(element=element, nullable=nullable, null_extended=null_extended):
            mark = f" null-extended {','.join(null_extended)}" if null_extended else ""
            return f"[{text(element)}]{'?' if nullable else ''}{mark}"
        case JsonTuple(elements=elements):
            return "(" + ", ".join(map(text, elements)) + ")"
        case JsonScalar(type=sql_type, nullable=nullable):
            return ("bool" if sql_type.is_bool else sql_type.name) + ("?" if nullable else "")
        case JsonAny(nullable=nullable):
            return "any" + ("?" if nullable else "")
        case None:
            return "none"


def test_objects_keep_names_types_and_nullability() -> None:
    sql = "SELECT JSON_OBJECT('id', id, 'note', note, 'paid', status = 'paid') FROM orders"
    assert text(shape(sql)) == "{id: INT, note: TEXT?, paid: bool}"


def test_an_aggregate_is_null_over_nothing_and_an_array_over_a_group() -> None:
    assert text(shape("SELECT JSON_ARRAYAGG(JSON_OBJECT('id', id)) FROM orders")) == "[{id: INT}]?"
    assert text(shape("SELECT JSON_ARRAYAGG(id) FROM orders GROUP BY status")) == "[INT]"


def test_coalesce_with_an_empty_array_makes_it_sure() -> None:
    sql = (
        "SELECT COALESCE((SELECT JSON_ARRAYAGG(JSON_OBJECT('line', i.line)) FROM items i WHERE i.order_id = o.id),"
        " JSON_ARRAY()) FROM orders o"
    )
    assert text(shape(sql)) == "[{line: SMALLINT}]"


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("ANY_VALUE(JSON_OBJECT('id', 1))", "{id: BIGINT}"),
        ("NULLIF(JSON_OBJECT('id', 1), JSON_ARRAY())", "{id: BIGINT}"),
        ("MAX(JSON_OBJECT('id', 1))", "any?"),
    ],
)
def test_a_call_whose_result_is_its_first_argument_has_its_shape(call: str, expected: str) -> None:
    assert text(shape(f"SELECT {call} AS v")) == expected


def test_the_object_of_nulls_of_an_outer_join_is_named() -> None:
    sql = (
        "SELECT JSON_ARRAYAGG(JSON_OBJECT('id', o.id, 'note', o.note, 'email', c.email)) FROM customers c"
        " LEFT JOIN orders o ON o.customer_id = c.id GROUP BY c.id"
    )
    assert text(shape(sql)) == "[{id: INT, note: TEXT?, email: VARCHAR}] null-extended id,note"


def test_an_object_with_a_value_of_a_row_that_did_not_match_is_data() -> None:
    sql = (
        "SELECT JSON_ARRAYAGG(JSON_OBJECT('email', c.email, 'order', o.id)) FROM customers c"
        " LEFT JOIN orders o ON o.customer_id = c.id"
    )
    assert text(shape(sql)) == "[{email: VARCHAR, order: INT?}]?"
    computed = sql.replace("c.email", "CONCAT(c.email, o.id)")
    assert text(shape(computed)) == "[{email: VARCHAR?, order: INT?}]?"
    assert text(shape(f"{sql} GROUP BY o.note")) == "[{email: VARCHAR, order: INT?}]"
    assert text(shape(f"{sql} GROUP BY c.email")) == "[{email: VARCHAR, order: INT}] null-extended order"


def test_a_literal_and_a_computed_field_beside_the_nulls_change_nothing() -> None:
    sql = (
        "SELECT JSON_ARRAYAGG(JSON_OBJECT('kind', 'order', 'id', o.id, 'next', o.id + 1)) FROM customers c"
        " LEFT JOIN orders o ON o.customer_id = c.id"
    )
    assert text(shape(sql)) == "[{kind: VARCHAR, id: INT, next: BIGINT?}]? null-extended id"


def test_without_a_column_that_is_sure_no_object_is_known_to_be_null_extended() -> None:
    sql = (
        "SELECT JSON_ARRAYAGG(JSON_OBJECT('note', o.note)) FROM customers c"
        " LEFT JOIN orders o ON o.customer_id = c.id GROUP BY c.id"
    )
    assert text(shape(sql)) == "[{note: TEXT?}]"


def test_a_condition_on_the_null_side_removes_the_null_extended_object() -> None:
    sql = (
        "SELECT JSON_ARRAYAGG(JSON_OBJECT('id', o.id)) FROM customers c"
        " LEFT JOIN orders o ON o.customer_id = c.id WHERE o.total > 0 GROUP BY c.id"
    )
    assert text(shape(sql)) == "[{id: INT}]"


def test_arrays_of_unlike_elements_are_tuples_and_columns_are_any() -> None:
    assert text(shape("SELECT JSON_ARRAY(1, 'a')")) == "(BIGINT, VARCHAR)"
    assert text(shape("SELECT settings FROM customers")) == "any?"
    assert text(shape("SELECT JSON_OBJECT('s', settings) FROM customers")) == "{s: any?}"
    assert text(shape("SELECT IF(vip, JSON_OBJECT('a', 1), NULL) FROM customers")) == "{a: BIGINT}?"


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        ("IF(vip, JSON_ARRAY(1), JSON_ARRAY())", "[BIGINT]"),
        ("IF(vip, JSON_ARRAY(), JSON_ARRAY(1))", "[BIGINT]"),
        ("IF(vip, JSON_ARRAY(), NULL)", "()"),
        ("IF(vip, JSON_ARRAY(1), JSON_ARRAY('a'))", "[any]"),
        ("IF(vip, JSON_ARRAY(1, 'a'), JSON_ARRAY(2, 'b'))", "(BIGINT, VARCHAR)"),
        ("IF(vip, JSON_ARRAY(1, 'a'), JSON_ARRAY(2, 'b', 3))", "any"),
        ("IF(vip, JSON_ARRAY(id), settings->'$.a')", "any?"),
        ("IF(vip, settings->'$.a', JSON_ARRAY(id))", "any?"),
        ("IF(vip, JSON_OBJECT('a', id), JSON_OBJECT('a', NULLIF(id, 1)))", "{a: BIGINT?}"),
        ("IF(vip, JSON_OBJECT('a', NULLIF(id, 1)), JSON_OBJECT('a', id))", "{a: BIGINT?}"),
        ("IF(vip, JSON_OBJECT('a', 1), JSON_OBJECT('b', 1))", "any"),
        ("IF(vip, JSON_OBJECT('a', 1, 'b', 2), JSON_OBJECT('a', 'x', 'b', 2))", "{a: any, b: BIGINT}"),
        ("IF(vip, JSON_OBJECT('a', JSON_ARRAY(id)), JSON_OBJECT('a', JSON_ARRAY(nick)))", "{a: [any?]}"),
        ("IF(vip, JSON_OBJECT('a', 1), JSON_ARRAY(1))", "any"),
        ("IF(vip, JSON_ARRAY(1), JSON_OBJECT('a', 1))", "any"),
        ("IF(vip, JSON_OBJECT('a', 1), JSON_ARRAY())", "any"),
        ("IF(vip, JSON_ARRAY(), JSON_OBJECT('a', 1))", "any"),
        ("IF(vip, JSON_OBJECT('a', settings), JSON_OBJECT('a', id))", "{a: any?}"),
        ("IF(vip, JSON_OBJECT('a', id), JSON_OBJECT('a', settings))", "{a: any?}"),
        ("COALESCE(settings, JSON_OBJECT())", "any"),
        ("CASE WHEN vip THEN JSON_ARRAY(1) END", "[BIGINT]?"),
        ("JSON_OBJECT(city, 1)", "any"),
        ("JSON_OBJECT('a', 1, city, 2)", "any"),
        ("JSON_OBJECT('a', 1, 'a', 2)", "any"),
        ("JSON_OBJECT()", "{}"),
        ("JSON_ARRAY(id, NULLIF(id, 1))", "[BIGINT?]"),
        ("JSON_ARRAY(NULLIF(id, 1), id)", "[BIGINT?]"),
        ("JSON_ARRAY(settings, settings)", "(any?, any?)"),
        ("JSON_ARRAY(JSON_ARRAY(), JSON_ARRAY(1))", "[[BIGINT]]"),
        ("JSON_EXTRACT(settings, '$.a')", "any?"),
        ("JSON_MERGE_PATCH('{}', '{}')", "any"),
        ("JSON_OBJECT('s', LAG(settings) OVER (ORDER BY id))", "{s: any?}"),
        ("COALESCE(LAG(settings) OVER (ORDER BY id), LEAD(settings) OVER (ORDER BY id))", "any?"),
        ("(SELECT JSON_ARRAY(1))", "[BIGINT]"),
        ("(SELECT JSON_ARRAY(1) WHERE FALSE)", "[BIGINT]?"),
    ],
)
def test_a_shape_holds_for_every_value_that_can_come(expr: str, expected: str) -> None:
    assert text(shape(f"SELECT {expr} AS j FROM customers")) == expected


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        ("JSON_ARRAYAGG(o.id)", "[INT?]"),
        ("JSON_ARRAYAGG(JSON_ARRAY(o.id))", "[[INT?]]"),
        (
            "JSON_ARRAYAGG(JSON_OBJECT('id', o.id, 'next', o.id + 1, 'd', o.discount, 'c', c.id))",
            "[{id: INT, next: BIGINT?, d: DECIMAL?, c: BIGINT}] null-extended id,d",
        ),
        (
            "JSON_ARRAYAGG(JSON_OBJECT('d', o.discount, 'id', o.id))",
            "[{d: DECIMAL?, id: INT}] null-extended d,id",
        ),
        ("JSON_ARRAYAGG(JSON_OBJECT('c', c.id, 'nick', c.nick))", "[{c: BIGINT, nick: VARCHAR?}]"),
        ("JSON_ARRAYAGG(JSON_OBJECT('id', o.id, 'line', i.line))", "[{id: INT?, line: SMALLINT?}]"),
        ("JSON_ARRAYAGG(JSON_OBJECT(c.nick, o.id))", "[any]"),
        ("JSON_ARRAYAGG(IF(c.vip, JSON_OBJECT('id', o.id), JSON_OBJECT('id', o.id)))", "[{id: INT?}]"),
        (
            "IF(c.vip, JSON_ARRAYAGG(JSON_OBJECT('id', o.id)), JSON_ARRAYAGG(JSON_OBJECT('id', o.id)))",
            "[{id: INT}] null-extended id",
        ),
        ("IF(c.vip, JSON_ARRAYAGG(JSON_OBJECT('id', o.id)), JSON_ARRAY())", "[{id: INT}] null-extended id"),
        (
            "IF(c.vip, JSON_ARRAYAGG(JSON_OBJECT('id', o.id, 'c', c.id)), JSON_ARRAYAGG(JSON_OBJECT('id', o.id, 'c', c.nick)))",
            "[{id: INT, c: any?}] null-extended id",
        ),
        (
            "CASE WHEN c.vip THEN JSON_ARRAYAGG(JSON_OBJECT('id', o.id))"
            " WHEN c.nick THEN JSON_ARRAYAGG(JSON_OBJECT('id', o.id, 'c', c.id)) ELSE JSON_ARRAY(1) END",
            "[any]",
        ),
        ("JSON_ARRAYAGG(JSON_ARRAY('id', o.id))", "[(VARCHAR, INT?)]"),
        (
            "JSON_ARRAYAGG(CASE WHEN c.vip THEN JSON_OBJECT('id', o.id) ELSE JSON_OBJECT('id', o.id) END)",
            "[{id: INT?}]",
        ),
        (
            "(SELECT JSON_ARRAYAGG(JSON_OBJECT('c', c.id, 'line', x.line)) FROM items x)",
            "[{c: BIGINT, line: SMALLINT}]?",
        ),
        ("JSON_OBJECTAGG(c.id, o.id)", "any"),
        ("MAX(c.settings)", "any?"),
    ],
)
def test_the_object_of_an_outer_join_without_a_match_is_known_by_fields_of_that_join_alone(
    expr: str, expected: str
) -> None:
    sql = (
        f"SELECT {expr} AS j FROM customers c LEFT JOIN orders o ON o.customer_id = c.id"
        " LEFT JOIN items i ON i.order_id = o.id GROUP BY c.id"
    )
    assert text(shape(sql)) == expected


@pytest.mark.parametrize("flag", ["c.vip", "NOT c.vip"])
def test_an_array_that_only_one_branch_null_extends_keeps_the_nulls_of_that_branch(flag: str) -> None:
    """Without the name of a field that is always there, the decoder cannot drop the object of nulls."""
    sure = "(SELECT JSON_ARRAYAGG(JSON_OBJECT('id', x.id, 'c', c.id)) FROM orders x HAVING COUNT(*) > 0)"
    extended = "JSON_ARRAYAGG(JSON_OBJECT('id', o.id, 'c', c.id))"
    joined = "FROM customers c LEFT JOIN orders o ON o.customer_id = c.id GROUP BY c.id"
    for branches in (f"{extended}, {sure}", f"{sure}, {extended}"):
        assert text(shape(f"SELECT IF({flag}, {branches}) AS j {joined}")) == "[{id: INT?, c: BIGINT}]?"


def test_scalars_of_one_type_from_two_columns_are_of_that_type_and_of_no_column() -> None:
    found = shape(
        "SELECT IF(o.id, JSON_OBJECT('k', o.id), JSON_OBJECT('k', i.order_id)) FROM orders o, items i"
    )
    assert text(found) == "{k: INT}"
    assert isinstance(found, JsonObject)
    [field] = found.fields
    assert isinstance(field.shape, JsonScalar)
    assert field.shape.source_column is None


def test_a_column_of_a_derived_table_keeps_its_shape() -> None:
    assert text(shape("SELECT d.j FROM (SELECT JSON_OBJECT('a', id) AS j FROM orders) d")) == "{a: INT}"


@pytest.mark.parametrize(
    ("grouped", "expected"),
    [
        ("c.vip", "[{id: INT, vip: bool}] null-extended id"),
        ("UPPER(c.email)", "[{id: INT?, vip: bool}]"),
        ("i.price", "[{id: INT?, vip: bool}]"),
    ],
)
def test_a_field_with_one_value_in_the_group_is_no_data_of_a_row_without_a_match(
    grouped: str, expected: str
) -> None:
    joined = "FROM customers c LEFT JOIN orders o ON o.customer_id = c.id JOIN items i"
    sql = f"SELECT JSON_ARRAYAGG(JSON_OBJECT('id', o.id, 'vip', c.vip)) {joined} GROUP BY {grouped}"
    assert text(shape(sql)) == expected
